/**
 * A part of a workload (one side, one phase) in the terms of the generator: components with the region, the lines and the
 * table that each one works on.
 */
import { ACCESS_SERIAL, KIND_FETCH, KIND_READ } from '../../loop/assembly/layout.ts';
import { PATTERN_CHASE, PATTERN_UNIFORM, PATTERN_WALK, PATTERN_ZIPF } from '../../loop/assembly/stream-layout.ts';
import type { PurposePart } from '../../loop/random-stream.ts';
import type { ComponentSpec, PartSpec, PatternSpec, RegionSpec } from '../workload.ts';
import type { AddressSpaces } from './address-spaces.ts';
import type { PatternTables } from './pattern-tables.ts';
import type { ExecutorPlan } from './stream-plan.ts';

export interface PlannedComponent {
  /** Its random stream. */
  readonly purpose: readonly PurposePart[];
  readonly patternCode: number;
  /** Index of the region, and its lines that the pattern covers, from the first on. */
  readonly region: number;
  readonly lines: number;
  /** Walks: bytes from one access to the next, below lines * line size. */
  readonly stepBytes: number;
  /** Index of the pattern's table, undefined for patterns that need none. */
  readonly table: number | undefined;
  /** ACCESS_KIND of its accesses, stores apart. */
  readonly access: number;
  readonly weight: number;
  readonly writesPerThousand: number;
}

export interface PlannedPart {
  readonly spec: PartSpec;
  /** The random stream of the choice among components. */
  readonly purpose: readonly PurposePart[];
  readonly components: readonly PlannedComponent[];
  readonly code: PlannedComponent | undefined;
}

/** What all parts of a machine have in common while they are planned. */
export interface PartPlanning {
  readonly lineBytes: number;
  readonly spaces: AddressSpaces;
  readonly tables: PatternTables;
}

/**
 * Plan one part. `position` tells it from the other parts of the executor.
 * @throws Error if there is no component: a part that touches no data is no part.
 */
export function plannedPart(
  planning: PartPlanning,
  executor: ExecutorPlan,
  spec: PartSpec,
  position: readonly PurposePart[],
): PlannedPart {
  if (spec.components.length === 0) throw new Error(`a part without components: ${executor.workload.name}`);
  const purpose = ['addresses', ...executor.identity, ...position];
  const component = (use: ComponentUse, last: PurposePart): PlannedComponent =>
    plannedComponent(planning, executor, use, [...purpose, last]);
  return {
    spec,
    purpose,
    components: spec.components.map((one, at) => component({ ...one, kind: KIND_READ }, at)),
    code: spec.code && component({ ...CODE, ...spec.code }, 'code'),
  };
}

type ComponentUse = ComponentSpec & { readonly kind: number };

/** Code is fetched by lines; the pattern and the region are the scenario's. */
const CODE = { kind: KIND_FETCH, weight: 1, elementBytes: Number.POSITIVE_INFINITY, writesPerThousand: 0 };

function plannedComponent(
  planning: PartPlanning,
  executor: ExecutorPlan,
  use: ComponentUse,
  purpose: readonly PurposePart[],
): PlannedComponent {
  const { pattern } = use;
  const lines = linesOf(use.region, planning.lineBytes);
  return {
    purpose,
    patternCode: PATTERN_CODES[pattern.kind],
    region: planning.spaces.use(executor, use.region),
    lines,
    stepBytes: stepBytes(pattern, lines, use.elementBytes, planning.lineBytes),
    table: planning.tables.use(pattern, lines),
    access: pattern.kind === 'pointer-chase' ? use.kind | ACCESS_SERIAL : use.kind,
    weight: use.weight,
    writesPerThousand: use.writesPerThousand,
  };
}

const PATTERN_CODES = {
  sequential: PATTERN_WALK,
  strided: PATTERN_WALK,
  loop: PATTERN_WALK,
  uniform: PATTERN_UNIFORM,
  zipf: PATTERN_ZIPF,
  'pointer-chase': PATTERN_CHASE,
} as const satisfies Record<PatternSpec['kind'], number>;

/** Whole lines: the last one is touched even if the region ends inside it. */
function linesOf(region: RegionSpec, lineBytes: number): number {
  return Math.max(1, Math.ceil(region.bytes / lineBytes));
}

/** An element larger than a line counts as a line: elements do not straddle. */
function stepBytes(pattern: PatternSpec, lines: number, elementBytes: number, lineBytes: number): number {
  if (pattern.kind === 'sequential') return Math.min(elementBytes, lineBytes);
  if (pattern.kind === 'strided') return pattern.strideBytes % (lines * lineBytes);
  return lineBytes;
}
