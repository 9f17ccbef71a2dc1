/** From a draft to a topology: preset below, defaults filled in, sizes turned into sets, and the result checked. */
import type { CacheControlFeatures } from '../memory/msc-config.ts';
import type { FrontDraft } from './bandwidth-draft.ts';
import { bandwidthOf, type LabelFeatures, memorySideOf } from './bandwidth-of.ts';
import { frontOf, monitorsOf, mscDefaults } from './msc-features-of.ts';
import { provenanceOf } from './preset-figures.ts';
import { findPreset, presetDraft } from './presets.ts';
import type { Provenance } from './provenance.ts';
import { type CacheSpec, LEVEL_KEYS, type LevelKey, type LevelSpec, type TopologySpec } from './topology.ts';
import {
  type CacheDraft,
  type ControlsDraft,
  known,
  type LevelDraft,
  layCache,
  layTopology,
  type TopologyDraft,
} from './topology-draft.ts';
import { type TellProblem, type TopologyProblem, tellInto } from './topology-problem.ts';
import { topologyProblems } from './topology-problems.ts';

export interface TopologyResult {
  /** Such a machine can be built only if there are no problems. */
  readonly topology: TopologySpec;
  readonly problems: readonly TopologyProblem[];
}

/** What holds where a draft says nothing; latencies are those of a server core of 2023, assumed here. */
export const LEVEL_DEFAULTS = {
  l1i: { ways: 4, latencyCycles: 4, pes: 1 },
  l1d: { ways: 4, latencyCycles: 4, pes: 1 },
  l2: { ways: 8, latencyCycles: 13, pes: 1 },
  l3: { ways: 16, latencyCycles: 50, pes: 'all' },
  slc: { ways: 16, latencyCycles: 80, pes: 'all' },
} as const satisfies Record<LevelKey, Required<Pick<LevelSpec, 'pes'>> & Pick<CacheSpec, 'ways' | 'latencyCycles'>>;

export const TOPOLOGY_DEFAULTS = {
  frequencyMhz: 3000,
  lineBytes: 64,
  memoryLatencyNs: 100,
  pageBytes: 4096,
  placement: 'sequential',
  recordedBytes: 2 ** 30,
  writeBackBilledTo: 'owner',
  quantumNs: 1000,
  sampleIntervalNs: 10_000_000,
} as const;

/** Levels that many share: attribution is on, and portions are there, unless the draft says otherwise. */
const SHARED_LEVELS: readonly LevelKey[] = ['l3', 'slc'];

/** Build the topology that a draft describes. Ranges of single figures (TOPOLOGY_LIMITS) are the caller's to check. */
export function topologyOf(draft: TopologyDraft): TopologyResult {
  const preset = draft.preset === undefined ? undefined : findPreset(draft.preset);
  const full = preset === undefined ? draft : layTopology(presetDraft(preset), draft);
  const problems: TopologyProblem[] = [];
  const topology = fillIn(full, preset && provenanceOf(preset, draft), problems);
  if (problems.length === 0) problems.push(...topologyProblems(topology));
  return { topology, problems };
}

function fillIn(draft: TopologyDraft, provenance: Provenance | undefined, problems: TopologyProblem[]): TopologySpec {
  const D = TOPOLOGY_DEFAULTS;
  const lineBytes = draft.lineBytes ?? D.lineBytes;
  const { memory = {} } = draft;
  const levels = LEVEL_KEYS.flatMap((key): LevelSpec[] => {
    const level = draft[key];
    return level === undefined || level === 'none' ? [] : [levelOf(key, level, lineBytes, problems)];
  });
  return {
    frequencyMhz: draft.frequencyMhz ?? D.frequencyMhz,
    lineBytes,
    levels,
    memory: {
      latencyNs: memory.latency ?? D.memoryLatencyNs,
      pageBytes: memory.pageSize ?? D.pageBytes,
      placement: memory.placement ?? D.placement,
      recordedBytes: memory.recorded ?? D.recordedBytes,
      writeBackBilledTo: memory.writeBackBilledTo ?? D.writeBackBilledTo,
      bandwidth: bandwidthOf(memory, labelsOf(levels), tellInto(problems, ['memory'])),
    },
    quantumNs: draft.quantum ?? D.quantumNs,
    sampleIntervalNs: draft.sampleInterval ?? D.sampleIntervalNs,
    scale: 1,
    provenance,
  };
}

/** The labels that the outermost cache with controls tells apart: as many reach memory. */
function labelsOf(levels: readonly LevelSpec[]): LabelFeatures | undefined {
  const controls = levels.flatMap(({ domains }) => domains.flatMap((cache) => cache.controls ?? [])).at(-1);
  return controls && { partidMax: controls.partidMax, pmgMax: controls.pmgMax };
}

function levelOf(key: LevelKey, draft: LevelDraft, lineBytes: number, problems: TopologyProblem[]): LevelSpec {
  const { pes = LEVEL_DEFAULTS[key].pes, oneMsc = false, domains, ...common } = draft;
  const caches = domains?.map((domain) => layCache<CacheDraft>(common, domain)) ?? [common];
  return {
    key,
    pes,
    oneMsc,
    domains: caches.map((cache, at) =>
      cacheOf(key, cache, lineBytes, tellInto(problems, domains === undefined ? [key] : [key, 'domains', at])),
    ),
  };
}

function cacheOf(key: LevelKey, draft: CacheDraft, lineBytes: number, tell: TellProblem): CacheSpec {
  const isShared = SHARED_LEVELS.includes(key);
  const ways = draft.ways ?? LEVEL_DEFAULTS[key].ways;
  const { controls = isShared ? {} : 'none', monitors = 'none', memorySide = 'none' } = draft;
  return {
    sets: setsOf(draft, ways * lineBytes, tell),
    ways,
    policy: draft.policy ?? 'lru',
    writePolicy: draft.writePolicy ?? 'write-back',
    inclusion: draft.inclusion ?? 'non-inclusive',
    latencyCycles: draft.latencyCycles ?? LEVEL_DEFAULTS[key].latencyCycles,
    writeHitOwner: draft.writeHitOwner ?? 'allocator',
    flows: draft.flows ?? isShared,
    missClasses: draft.missClasses ?? isShared,
    controls: controls === 'none' ? undefined : controlsOf(controls, ways, draft.msc?.version),
    monitors: monitors === 'none' ? undefined : monitorsOf(monitors),
    msc: draft.msc && frontOf(draft.msc),
    memorySide: memorySide === 'none' ? undefined : memorySideOf(memorySide),
  };
}

/** Sizes are rounded down: 32 MiB in 15 ways are 34,952 sets and 512 bytes that no set has. */
function setsOf({ size, sets }: CacheDraft, setBytes: number, tell: TellProblem): number {
  if (size !== undefined && sets !== undefined) tell(['sets'], sets, 'nothing beside size');
  if (sets !== undefined) return sets;
  if (size === undefined) {
    tell(['size'], undefined, 'a size, or a number of sets');
    return 1;
  }
  const fitting = Math.floor(size / setBytes);
  if (fitting === 0) tell(['size'], `${size} bytes`, `at least ${setBytes} bytes, which is one set`, 'use fewer ways');
  return fitting;
}

/** Defaults: those of an MSC, one portion for each way, and no capacity controls. */
function controlsOf(draft: ControlsDraft, ways: number, version: FrontDraft['version']): CacheControlFeatures {
  const { cpbmWd = ways, cmaxWd = 0 } = draft;
  return {
    ...mscDefaults(version),
    portionKind: cpbmWd === ways ? 'ways' : 'way-groups',
    hasCmax: cmaxWd > 0,
    hasSoftlim: false,
    hasCmin: false,
    cassocWd: 0,
    victimPreference: 'ladder',
    ...known(draft),
    intpartidMax: draft.intpartidMax,
    cpbmWd,
    cmaxWd,
  };
}
