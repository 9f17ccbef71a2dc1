/** The list of a preset's figures, and which of them a scenario replaced. */
import type { Preset } from './presets/preset.ts';
import { figuresIn, type Provenance } from './provenance.ts';
import type { TopologyDraft } from './topology-draft.ts';

/** Figures of the preset that members of a draft replace under another name. */
const REPLACED_BY: Readonly<Record<string, string>> = {
  partids: 'l3.controls.partidMax',
  pmgs: 'l3.controls.pmgMax',
  pesPerSharedCache: 'l3.pes',
};

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
  const meant = REPLACED_BY[path] ?? path;
  // What is said of a level is meant for its domains, too.
  const ofLevel = meant.replace(/\.domains\.\d+/, '');
  const candidates = [meant, ofLevel, ofLevel.replace(/\.size$/, '.sets')];
  return candidates.some((candidate) => says(draft, candidate.split('.')));
}

/** Whether the draft has a value there, or takes the whole level (or its controls) away, or its domains anew. */
function says(node: unknown, path: readonly string[]): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return node !== undefined;
  if (node === 'none' || Array.isArray(node)) return true;
  if (typeof node !== 'object' || node === null) return false;
  return says((node as Readonly<Record<string, unknown>>)[step], rest);
}
