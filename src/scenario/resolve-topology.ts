/** A machine's topology: the variant's laid over the common one, built, scaled, and its problems told in the file's words. */
import { scaled } from '../machine/scaled.ts';
import type { TopologySpec } from '../machine/topology.ts';
import { layTopology, type TopologyDraft } from '../machine/topology-draft.ts';
import { topologyOf } from '../machine/topology-of.ts';
import type { TopologyProblem } from '../machine/topology-problem.ts';
import type { Path, Report } from './scenario-problem.ts';
import { snakeCase, withCamelKeys } from './snake-case.ts';
import type { TopologyInput } from './topology-schema.ts';

interface TopologySections {
  readonly common: TopologyInput;
  readonly variant: TopologyInput;
  /** Name of the variant. */
  readonly name: string;
  readonly scale: number;
}

/** The topology of one machine, of use only if nothing was reported; undefined: it has no caches. */
export function resolveTopology(sections: TopologySections, report: Report): TopologySpec | undefined {
  const draft = draftOf(sections);
  if (draft === undefined) return undefined;
  const built = topologyOf(draft);
  for (const problem of built.problems) reportProblem(problem, placeOf(problem, sections), report);
  if (built.problems.length > 0) return built.topology;
  const { topology, problems } = scaled(built.topology, sections.scale);
  for (const problem of problems) reportProblem(problem, ['machine', 'scale'], report);
  return topology;
}

/** A variant that names a preset, or says none, begins anew; any other says only where it differs from the common part. */
function draftOf({ common, variant }: TopologySections): TopologyDraft | undefined {
  const base = asDraft(common);
  const over = asDraft(variant);
  if (variant === undefined || over === undefined) return variant === undefined ? base : undefined;
  return base === undefined || over.preset !== undefined ? over : layTopology(base, over);
}

function asDraft(input: TopologyInput): TopologyDraft | undefined {
  if (input === undefined || input === 'none') return undefined;
  return typeof input === 'string' ? { preset: input } : (withCamelKeys(input) as TopologyDraft);
}

/** Where the value stands that has the problem: in the variant if it is there, or as much of the way to it. */
function placeOf(problem: TopologyProblem, { common, variant, name }: TopologySections): Path {
  const path = problem.path.map((step) => (typeof step === 'number' ? step : snakeCase(step)));
  const isVariant = variant !== undefined && (common === undefined || depthOf(variant, path) >= depthOf(common, path));
  return isVariant ? ['machines', name, 'topology', ...path] : ['machine', 'topology', ...path];
}

/** How many steps of a path there are in a structure. */
function depthOf(node: unknown, path: Path): number {
  const [step, ...rest] = path;
  if (step === undefined || typeof node !== 'object' || node === null) return 0;
  const child = (node as Readonly<Record<string | number, unknown>>)[step];
  return child === undefined ? 0 : 1 + depthOf(child, rest);
}

function reportProblem({ value, allowed, hint }: TopologyProblem, path: Path, report: Report): void {
  report(path, `${value}; expected ${inFileWords(allowed)}`, {
    hint: hint === undefined ? undefined : inFileWords(hint),
  });
}

/** Members of a topology are named in the file's way. */
function inFileWords(text: string): string {
  return text.replaceAll(/\b[a-z]+[A-Z]\w*/g, snakeCase);
}
