/**
 * What a workload executes at one Exception level: what the file says, laid over what the level above says, laid over the
 * defaults of workload-schema.ts.
 */
import type { ComponentSpec, PartSpec, PatternSpec, RegionSpec } from '../workload/workload.ts';
import { formatSize } from './memory-size.ts';
import type { Path, Report } from './scenario-problem.ts';
import type { WorkloadMemory } from './workload-memory.ts';
import { type CodeInput, type ComponentInput, type KernelInput, WORKLOAD_DEFAULTS } from './workload-schema.ts';

/** Zipf and pointer-chase have a table with an entry for each line. */
const TABLE_BYTES_MAX = 2 ** 30;

/** Where problems go and memory comes from. */
export interface PartContext {
  readonly memory: WorkloadMemory;
  readonly report: Report;
}

type DataInput = ComponentInput | readonly ComponentInput[];

interface PartInput {
  readonly code?: CodeInput | 'none' | undefined;
  readonly writes?: number | undefined;
  readonly instructions_per_access?: number | undefined;
  readonly cpi?: number | undefined;
  readonly mlp?: number | undefined;
}

/** A mapping of the file that says something about a part. */
export interface Level {
  readonly input: PartInput & { readonly kernel?: KernelInput };
  readonly path: Path;
}

/** The user side. @param levels innermost first: phase, workload. */
export function userPart(data: DataInput, dataPath: Path, levels: readonly Level[], context: PartContext): PartSpec {
  return {
    components: componentsOf(data, dataPath, 'vcpu', levels, context),
    code: codeOf(levels, WORKLOAD_DEFAULTS.codeBytes, context),
    ...pace(levels),
  };
}

/**
 * The kernel side, or undefined if there is none. A phase's `kernel` is laid over the workload's; how fast it executes is
 * as the user side says unless it says otherwise.
 */
export function kernelPart(levels: readonly Level[], context: PartContext): PartSpec | undefined {
  if (levels.find(({ input }) => input.kernel !== undefined)?.input.kernel === 'none') return undefined;
  const stated = levels.flatMap(({ input, path }) => {
    const { kernel } = input;
    return kernel === undefined || kernel === 'none' ? [] : [{ input: kernel, path: [...path, 'kernel'] }];
  });
  const outermost: Level = { input: {}, path: [...levels.at(-1)!.path, 'kernel'] };
  const own = [...stated, outermost];
  const withData = stated.find(({ input }) => input.data !== undefined);
  const dataPath = [...(withData ?? outermost).path, 'data'];
  return {
    components: componentsOf(withData?.input.data ?? KERNEL_DATA, dataPath, 'vm', own, context),
    code: codeOf(own, WORKLOAD_DEFAULTS.kernelCodeBytes, context),
    ...pace([...stated, ...levels]),
  };
}

const KERNEL_DATA: ComponentInput = {
  pattern: 'uniform',
  size: WORKLOAD_DEFAULTS.kernelDataBytes,
  weight: 1,
  element: WORKLOAD_DEFAULTS.elementBytes,
};

function pace(levels: readonly Level[]): Pick<PartSpec, 'instructionsPerAccess' | 'baseCpi' | 'parallelism'> {
  const first = (key: 'instructions_per_access' | 'cpi' | 'mlp'): number | undefined =>
    levels.find(({ input }) => input[key] !== undefined)?.input[key];
  return {
    instructionsPerAccess: first('instructions_per_access') ?? WORKLOAD_DEFAULTS.instructionsPerAccess,
    baseCpi: first('cpi') ?? WORKLOAD_DEFAULTS.baseCpi,
    parallelism: first('mlp') ?? WORKLOAD_DEFAULTS.parallelism,
  };
}

function componentsOf(
  data: DataInput,
  path: Path,
  sharing: RegionSpec['sharing'],
  levels: readonly Level[],
  context: PartContext,
): readonly ComponentSpec[] {
  const common = levels.find(({ input }) => input.writes !== undefined)?.input.writes;
  const componentAt = (input: ComponentInput, at: Path): ComponentSpec => ({
    ...walkOf(input, at, sharing, undefined, context),
    weight: input.weight,
    elementBytes: input.element,
    writesPerThousand: input.writes ?? common ?? WORKLOAD_DEFAULTS.writesPerThousand,
  });
  return isList(data) ? data.map((input, index) => componentAt(input, [...path, index])) : [componentAt(data, path)];
}

function codeOf(levels: readonly Level[], defaultBytes: number, context: PartContext): PartSpec['code'] {
  const { input, path } = levels.find((level) => level.input.code !== undefined) ?? levels.at(-1)!;
  if (input.code === 'none') return undefined;
  return walkOf(input.code ?? { pattern: 'loop' }, [...path, 'code'], 'vm', defaultBytes, context);
}

interface WalkInput extends CodeInput {
  /** Bytes of an element, where there are elements. */
  readonly element?: number;
}

/** @param defaultBytes size of memory of which nothing is said; undefined: something must be. */
function walkOf(
  input: WalkInput,
  path: Path,
  defaultSharing: RegionSpec['sharing'],
  defaultBytes: number | undefined,
  context: PartContext,
): { readonly region: RegionSpec; readonly pattern: PatternSpec } {
  const { memory, report } = context;
  const size = input.size ?? defaultBytes;
  if (input.region !== undefined) {
    for (const key of ['size', 'sharing'] as const) {
      if (input[key] !== undefined) report([...path, key], 'memory_regions says this of a region', { at: 'key' });
    }
    const region = memory.named(input.region, [...path, 'region']);
    return { region, pattern: patternOf(input, region.bytes, path, report) };
  }
  if (size === undefined) report(path, 'has no memory', { hint: 'give a size, or the name of a region' });
  const region = memory.own(size ?? WORKLOAD_DEFAULTS.codeBytes, input.sharing ?? defaultSharing, path);
  return { region, pattern: patternOf(input, region.bytes, path, report) };
}

/** @param bytes of the region, as scaled. */
function patternOf(input: WalkInput, bytes: number, path: Path, report: Report): PatternSpec {
  const { pattern, stride, exponent } = input;
  if (stride !== undefined && pattern !== 'strided')
    report([...path, 'stride'], `${pattern} has no stride`, { at: 'key' });
  if (exponent !== undefined && pattern !== 'zipf') {
    report([...path, 'exponent'], `${pattern} has no exponent`, { at: 'key' });
  }
  if ((pattern === 'zipf' || pattern === 'pointer-chase') && bytes > TABLE_BYTES_MAX) {
    report(path, `${pattern} over ${formatSize(bytes)}; at most ${formatSize(TABLE_BYTES_MAX)}`);
  }
  if (pattern === 'zipf') return { kind: 'zipf', exponentMilli: exponent ?? WORKLOAD_DEFAULTS.zipfExponentMilli };
  if (pattern !== 'strided') return { kind: pattern };
  if (stride === undefined) report(path, 'strided without a stride', { hint: 'e.g. stride: 256B' });
  else checkStride(stride, input.element ?? 1, bytes, [...path, 'stride'], report);
  return { kind: 'strided', strideBytes: stride ?? 1 };
}

function checkStride(stride: number, element: number, bytes: number, path: Path, report: Report): void {
  if (stride % element !== 0) report(path, `${formatSize(stride)} is no multiple of the element of ${element} bytes`);
  if (stride >= bytes) report(path, `${formatSize(stride)} leaves a region of ${formatSize(bytes)} at the first step`);
}

function isList(data: DataInput): data is readonly ComponentInput[] {
  return Array.isArray(data);
}
