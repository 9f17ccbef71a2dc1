/** Machines like real ones, by name: the six presets of A 6.3. */
import { presetCacheMonitors, presetFront, presetMemory } from './preset-bandwidth.ts';
import { DSU_CLUSTER } from './presets/dsu-cluster.ts';
import { GRACE_LIKE } from './presets/grace-like.ts';
import { KUNPENG_LIKE } from './presets/kunpeng-like.ts';
import type { Preset } from './presets/preset.ts';
import { REFERENCE } from './presets/reference.ts';
import { RIS_LLC } from './presets/ris-llc.ts';
import { VERA_LIKE } from './presets/vera-like.ts';
import { unmarked } from './provenance.ts';
import type { ControlsDraft, LevelDraft, TopologyDraft } from './topology-draft.ts';

/** In the sheet's order, A to F. */
export const PRESETS: readonly Preset[] = [GRACE_LIKE, KUNPENG_LIKE, VERA_LIKE, DSU_CLUSTER, RIS_LLC, REFERENCE];

export const PRESET_NAMES: readonly string[] = PRESETS.map(({ name }) => name);

/** @throws Error for a name that is not in PRESET_NAMES. */
export function findPreset(name: string): Preset {
  const preset = PRESETS.find((candidate) => candidate.name === name);
  if (preset === undefined) throw new Error(`there is no preset ${name}`);
  return preset;
}

/** How many PEs the machine has that the preset is like. */
export function presetPeCount(preset: Preset): number {
  return preset.sharedCaches.value * preset.pesPerSharedCache.value;
}

/** What a preset says of the topology, as a draft for others to be laid over. */
export function presetDraft(preset: Preset): TopologyDraft {
  const draft: TopologyDraft = unmarked(preset.topology);
  const { l3 } = draft;
  if (l3 === undefined || l3 === 'none' || l3.controls === 'none') {
    throw new Error(`preset ${preset.name} has no L3 with controls`);
  }
  const memory = { ...draft.memory, ...presetMemory(preset) };
  return { ...draft, memory, l3: sharedLevel(preset, l3, l3.controls) };
}

function sharedLevel(preset: Preset, l3: LevelDraft, controls: ControlsDraft | undefined): LevelDraft {
  return {
    ...l3,
    pes: preset.pesPerSharedCache.value,
    controls: { ...controls, partidMax: preset.partids.value - 1, pmgMax: preset.pmgs.value - 1 },
    monitors: presetCacheMonitors(preset),
    msc: presetFront(preset),
  };
}
