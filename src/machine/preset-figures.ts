/** The list of a preset's figures, and which of them a scenario replaced. */
import type { Preset } from './presets/preset.ts';
import { figuresIn, type Provenance } from './provenance.ts';
import type { TopologyDraft } from './topology-draft.ts';

/** Members of a draft that replace figures of the preset that have another name. */
const REPLACED_BY: Readonly<Record<string, string>> = {
  partids: 'l3.controls.partidMax',
  pmgs: 'l3.controls.pmgMax',
  pesPerSharedCache: 'l3.pes',
  'bandwidth.bytesPerSecond': 'memory.bandwidth',
  'bandwidth.per': 'memory.per',
  'bandwidth.channels': 'memory.channels',
  'bandwidth.requestPartids': 'memory.controls.partidMax',
  'bandwidth.internalPartids': 'memory.controls.intpartidMax',
  'monitors.csu': 'l3.monitors.csu.numMon',
  'monitors.csuHasCapture': 'l3.monitors.csu.hasCapture',
  'monitors.csuHasXcl': 'l3.monitors.csu.hasXcl',
  'monitors.mbwu': 'memory.monitors.mbwu.numMon',
  'monitors.mbwuBits': 'memory.monitors.mbwu.longBits',
  'monitors.mbwuHasRwbw': 'memory.monitors.mbwu.hasRwbw',
  'monitors.mbwuHasCapture': 'memory.monitors.mbwu.hasCapture',
  'monitors.mbwuHasOverflow': 'memory.monitors.mbwu.hasOfsr',
};

/** Figures of memory's controls are named as these are. */
const MEMORY_CONTROL = /^bandwidth\.(?=(hasMin|hasMax|maxLimit|bwaWd|bwpbmWd|hasProp|windwr|intpriWd)$)/;

/** Where the figures of `preset` with `draft` laid over it come from. */
export function provenanceOf(preset: Preset, draft: TopologyDraft): Provenance {
  const { topology, bandwidth, monitors, quirks, name, like: _, ...counts } = preset;
  const groups: readonly (readonly [unknown, readonly string[]])[] = [
    [counts, []],
    [topology, []],
    [bandwidth, ['bandwidth']],
    [monitors, ['monitors']],
    [quirks, ['quirks']],
  ];
  const figures = groups.flatMap(([group, path]) => figuresIn(group, path));
  return { preset: name, figures: figures.map((figure) => ({ ...figure, isOverridden: isSaid(draft, figure.path) })) };
}

function isSaid(draft: TopologyDraft, path: string): boolean {
  const meant = REPLACED_BY[path] ?? path.replace(MEMORY_CONTROL, 'memory.controls.');
  // What is said of a level is meant for its domains, too.
  const ofLevel = meant.replace(/\.domains\.\d+/, '');
  const candidates = [meant, ofLevel, ofLevel.replace(/\.size$/, '.sets')];
  const isUnlimited =
    draft.memory?.bandwidth === 'none' && /^memory\.(bandwidth|per|channels|controls|monitors)/.test(meant);
  return isUnlimited || candidates.some((candidate) => says(draft, candidate.split('.')));
}

/** Whether the draft has a value there, or takes the whole level (or its controls) away, or its domains anew. */
function says(node: unknown, path: readonly string[]): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return node !== undefined;
  if (node === 'none' || Array.isArray(node)) return true;
  if (typeof node !== 'object' || node === null) return false;
  return says((node as Readonly<Record<string, unknown>>)[step], rest);
}
