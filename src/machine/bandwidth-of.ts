/** From the bandwidth that a draft describes to one with all choices made. */
import { winwdOf } from '../arch/accounting-window.ts';
import type { MscFeatures } from '../memory/msc-config.ts';
import type {
  BandwidthControlsDraft,
  FrontDraft,
  MemoryBandwidthDraft,
  MemorySideDraft,
  Partly,
} from './bandwidth-draft.ts';
import type {
  BandwidthResourceFeatures,
  MemoryBandwidthSpec,
  MemoryMscSpec,
  MemorySideSpec,
  RegulationSpec,
} from './bandwidth-spec.ts';
import { frontOf, monitorsOf, mscDefaults } from './msc-features-of.ts';
import { known } from './topology-draft.ts';
import type { TellProblem } from './topology-problem.ts';

export const BANDWIDTH_DEFAULTS = {
  channels: 1,
  interleaveBytes: 256,
  per: 'machine',
  mode: 'exact',
  closedFormIntervalNs: 10_000,
  writeBufferLines: 32,
  turnaroundNs: 0,
  window: 'fixed',
  starvationNs: 20_000,
  offsetLimit: 0,
  windowLengthNs: 10_000,
} as const;

/** MIN and MAX with both limits, 16 bits wide; no portions, no stride, no priorities. */
const CONTROL_DEFAULTS: BandwidthResourceFeatures = {
  bwaWd: 16,
  hasMin: true,
  hasMax: true,
  maxLimit: 'both',
  bwpbmWd: 0,
  hasProp: false,
  windwr: false,
  winwd: winwdOf(BANDWIDTH_DEFAULTS.windowLengthNs),
  intpriWd: 0,
  intpri0IsLow: true,
  dspriWd: 0,
  dspri0IsLow: true,
};

/** Members of a memory's draft that mean nothing while its bandwidth is unlimited. */
const WITH_BANDWIDTH = [
  ...([
    'channels',
    'interleave',
    'per',
    'mode',
    'closedFormInterval',
    'turnaround',
    'window',
    'starvationLimit',
  ] as const),
  ...(['portionTime', 'offsetLimit', 'writeBuffer', 'controls', 'monitors', 'msc'] as const),
];

/** The largest labels that an MSC takes. */
export type LabelFeatures = Pick<MscFeatures, 'partidMax' | 'pmgMax'>;

/**
 * The bandwidth of memory; undefined: unlimited. Members that need a bandwidth are told of where there is none.
 * @param labels of the requests that come, for an MSC that has monitors and no controls.
 */
export function bandwidthOf(
  draft: MemoryBandwidthDraft,
  labels: LabelFeatures | undefined,
  tell: TellProblem,
): MemoryBandwidthSpec | undefined {
  if (draft.bandwidth === 'none') return undefined;
  if (draft.bandwidth === undefined) {
    const idle = WITH_BANDWIDTH.find((key) => draft[key] !== undefined);
    if (idle !== undefined) tell([idle], 'set', 'nothing without bandwidth', 'e.g. memory: { bandwidth: 25.6GB/s }');
    return undefined;
  }
  const D = BANDWIDTH_DEFAULTS;
  return {
    bytesPerSecond: draft.bandwidth,
    channels: draft.channels ?? D.channels,
    interleaveBytes: draft.interleave ?? D.interleaveBytes,
    per: draft.per ?? D.per,
    mode: draft.mode ?? D.mode,
    closedFormIntervalNs: draft.closedFormInterval ?? D.closedFormIntervalNs,
    writeBufferLines: draft.writeBuffer ?? D.writeBufferLines,
    ...regulationOf(draft),
    msc: memoryMscOf(draft, labels),
  };
}

/** Bandwidth control at the memory side of a cache. */
export function memorySideOf(draft: MemorySideDraft): MemorySideSpec {
  const { bandwidth, controls = {} } = draft;
  return {
    bytesPerSecond: bandwidth,
    ...regulationOf(draft),
    controls: controls === 'none' ? undefined : controlsOf(controls),
  };
}

function regulationOf(draft: Omit<MemorySideDraft, 'controls' | 'bandwidth'>): RegulationSpec {
  const D = BANDWIDTH_DEFAULTS;
  return {
    turnaroundNs: draft.turnaround ?? D.turnaroundNs,
    window: draft.window ?? D.window,
    starvationNs: draft.starvationLimit ?? D.starvationNs,
    portionNs: draft.portionTime,
    offsetLimit: draft.offsetLimit ?? D.offsetLimit,
  };
}

function memoryMscOf(
  { controls = {}, monitors, msc }: MemoryBandwidthDraft,
  labels: LabelFeatures | undefined,
): MemoryMscSpec | undefined {
  const watched = monitors === 'none' ? undefined : monitorsOf(monitors);
  if (controls === 'none' && watched === undefined) return undefined;
  return {
    features: mscFeaturesOf(controls === 'none' ? (labels ?? {}) : controls, msc?.version),
    controls: controls === 'none' ? undefined : controlsOf(controls),
    monitors: watched ?? { csu: undefined, mbwu: undefined },
    front: frontOf(msc),
  };
}

function mscFeaturesOf(draft: Partly<MscFeatures>, version: FrontDraft['version']): MscFeatures {
  const { partidMax, pmgMax, hasEndis, hasNfu, intpartidMax, outOfRange, reset } = draft;
  return {
    ...mscDefaults(version),
    ...known({ partidMax, pmgMax, hasEndis, hasNfu, intpartidMax, outOfRange, reset }),
  };
}

function controlsOf(draft: BandwidthControlsDraft): BandwidthResourceFeatures {
  const { hasMin, hasMax, maxLimit, bwpbmWd, hasProp, windwr, windowLength } = draft;
  const { intpriWd, intpri0IsLow, dspriWd, dspri0IsLow } = draft;
  const features = {
    ...CONTROL_DEFAULTS,
    ...known({ hasMin, hasMax, maxLimit, bwpbmWd, hasProp, windwr }),
    ...known({ intpriWd, intpri0IsLow, dspriWd, dspri0IsLow }),
    ...(windowLength === undefined ? {} : { winwd: winwdOf(windowLength) }),
  };
  const needsWidth = features.hasMin || features.hasMax || features.hasProp;
  return { ...features, bwaWd: draft.bwaWd ?? (needsWidth ? CONTROL_DEFAULTS.bwaWd : 0) };
}
