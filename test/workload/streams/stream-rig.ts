/** Streams in a block of their own, and the accesses that the loop makes for them. */
import { accessLoopFor } from '../../../src/loop/access-loop.ts';
import {
  ACCESS_INSTRUCTIONS,
  ACCESS_KIND,
  ACCESS_KIND_MASK,
  ACCESS_LINE,
  ACCESS_SERIAL,
  KIND_FETCH,
  KIND_WRITE,
  STEPS,
  STREAM_HEAD,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_TAIL,
} from '../../../src/loop/assembly/layout.ts';
import { BlockLayout } from '../../../src/loop/block.ts';
import type { MachineTiming } from '../../../src/workload/streams/part-timing.ts';
import { planStreams, reserveStreams } from '../../../src/workload/streams/stream-blueprint.ts';
import type { ExecutorPlan, Side, StreamPlan } from '../../../src/workload/streams/stream-plan.ts';
import { StreamSet } from '../../../src/workload/streams/stream-set.ts';
import type { ComponentSpec, PartSpec, PatternSpec, PhaseSpec, RegionSpec } from '../../../src/workload/workload.ts';

export const LINE_BYTES = 64;
export const PAGE_BYTES = 4096;
export const LINES_PER_PAGE = PAGE_BYTES / LINE_BYTES;

interface MadeAccess {
  readonly line: number;
  readonly kind: 'read' | 'write' | 'fetch';
  readonly isSerial: boolean;
  /** In 1/256. */
  readonly instructions: number;
}

export interface StreamRig {
  readonly streams: StreamSet;
  readonly words: Uint32Array;
  readonly physicalLines: number;
  /** Take the next accesses out of a stream's queue; the loop fills it whenever it is empty. */
  take(executor: number, side: Side, count: number): MadeAccess[];
}

const TIMING: MachineTiming = { frequencyMhz: 1000, latenciesPs: new Array<number>(STEPS).fill(0) };

export function streamRig(plan: Partial<StreamPlan> & Pick<StreamPlan, 'executors'>, timing = TIMING): StreamRig {
  const blueprint = planStreams({
    name: 'test',
    seed: 1,
    lineBytes: LINE_BYTES,
    pageBytes: PAGE_BYTES,
    placement: 'sequential',
    recordedPages: 0,
    ...plan,
  });
  const layout = new BlockLayout();
  layout.reserve('address 0 means none', 256);
  const region = reserveStreams(layout, blueprint);
  const block = layout.build();
  const streams = new StreamSet(block, region, blueprint, timing);
  const loop = accessLoopFor(block);
  const words = new Uint32Array(block.memory.buffer);
  const word = (address: number): number => words[address >>> 2]!;

  function takeOne(stream: number): MadeAccess {
    if (word(stream + STREAM_HEAD) === word(stream + STREAM_TAIL)) loop.generate(streams.machineAddress, stream);
    const head = word(stream + STREAM_HEAD);
    const access = word(stream + STREAM_QUEUE) + (head & word(stream + STREAM_QUEUE_MASK)) * 16;
    words[(stream + STREAM_HEAD) >>> 2] = head + 1;
    const kind = word(access + ACCESS_KIND);
    return {
      line: word(access + ACCESS_LINE),
      kind: nameOfKind(kind & ACCESS_KIND_MASK),
      isSerial: (kind & ACCESS_SERIAL) !== 0,
      instructions: word(access + ACCESS_INSTRUCTIONS),
    };
  }

  return {
    streams,
    words,
    physicalLines: blueprint.physicalLines,
    take: (executor, side, count) => {
      const stream = streams.streamAddress(executor, side);
      if (stream === 0) throw new Error('no such stream now');
      return Array.from({ length: count }, () => takeOne(stream));
    },
  };
}

function nameOfKind(kind: number): MadeAccess['kind'] {
  if (kind === KIND_FETCH) return 'fetch';
  return kind === KIND_WRITE ? 'write' : 'read';
}

export function region(bytes: number, sharing: RegionSpec['sharing'] = 'vcpu', name = 'data'): RegionSpec {
  return { name, bytes, sharing };
}

export function component(
  pattern: PatternSpec | 'sequential' | 'uniform' | 'loop' | 'pointer-chase',
  bytes: number,
  rest: Partial<ComponentSpec> = {},
): ComponentSpec {
  const spec = typeof pattern === 'string' ? ({ kind: pattern } as PatternSpec) : pattern;
  return { region: region(bytes), pattern: spec, weight: 1, elementBytes: 8, writesPerThousand: 0, ...rest };
}

export function part(components: readonly ComponentSpec[], rest: Partial<PartSpec> = {}): PartSpec {
  return { components, code: undefined, instructionsPerAccess: 256, baseCpi: 256, parallelism: 256, ...rest };
}

export function phase(user: PartSpec | undefined, lengthNs = Number.POSITIVE_INFINITY, kernel?: PartSpec): PhaseSpec {
  return { lengthNs, user, kernel };
}

/** Executor of vCPU `vcpu` of VM `vm`, with one phase or several. */
export function executor(vm: number, vcpu: number, ...phases: readonly PhaseSpec[]): ExecutorPlan {
  return {
    identity: ['guest', vm, vcpu],
    sharingGroup: `guest of vm ${vm}`,
    workload: { kind: 'synthetic', name: `vm ${vm}`, phases, service: undefined },
  };
}

/** One executor of one part. */
export function only(spec: PartSpec): readonly ExecutorPlan[] {
  return [executor(0, 0, phase(spec))];
}

/** Parts of one component without stores. */
export const loopOver = (bytes: number, rest: Partial<PartSpec> = {}): PartSpec =>
  part([component('loop', bytes)], rest);
export const uniformOver = (bytes: number): PartSpec => part([component('uniform', bytes)]);

export const linesOf = (accesses: readonly { readonly line: number }[]): number[] => accesses.map(({ line }) => line);
export const pagesOf = (lines: readonly number[]): Set<number> =>
  new Set(lines.map((line) => Math.floor(line / LINES_PER_PAGE)));
