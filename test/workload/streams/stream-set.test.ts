import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MACHINE_NEXT_FRAME,
  STEP_MEMORY,
  STEPS,
  STREAM_COMPUTE,
  STREAM_KIND,
  STREAM_KIND_RECORDED,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_REQUEST_LEFT,
  STREAM_SERIAL_STALLS,
  STREAM_STALLS,
} from '../../../src/loop/assembly/layout.ts';
import { frameOrder } from '../../../src/workload/streams/frame-order.ts';
import { partTiming } from '../../../src/workload/streams/part-timing.ts';
import { planStreams } from '../../../src/workload/streams/stream-blueprint.ts';
import { type ExecutorPlan, Side } from '../../../src/workload/streams/stream-plan.ts';
import type { PartSpec } from '../../../src/workload/workload.ts';
import {
  component,
  executor,
  LINE_BYTES,
  LINES_PER_PAGE,
  only,
  PAGE_BYTES,
  part,
  phase,
  region,
  streamRig,
} from './stream-rig.ts';

const loopOver = (bytes: number, rest: Partial<PartSpec> = {}): PartSpec => part([component('loop', bytes)], rest);
const uniformOver = (bytes: number): PartSpec => part([component('uniform', bytes)]);
const linesOf = (accesses: readonly { readonly line: number }[]): number[] => accesses.map(({ line }) => line);
const pagesOf = (lines: readonly number[]): Set<number> =>
  new Set(lines.map((line) => Math.floor(line / LINES_PER_PAGE)));

describe('instruction fetches', () => {
  const code = { region: region(3 * LINE_BYTES, 'vcpu', 'code'), pattern: { kind: 'loop' } } as const;

  it('come once for every 16 instructions of 64-byte lines, before they are executed', () => {
    const rig = streamRig({ executors: only(loopOver(640, { code, instructionsPerAccess: 8 * 256 })) });
    const kinds = rig.take(0, Side.user, 9).map(({ kind }) => kind);
    expect(kinds).toEqual(['fetch', 'read', 'read', 'fetch', 'read', 'read', 'fetch', 'read', 'read']);
  });

  it.each([1, 100, 256, 1000, 4096, 10_000, 2 ** 20])(
    'keep up with %i/256 instructions per data access',
    (instructionsPerAccess) => {
      const rig = streamRig({ executors: only(loopOver(640, { code, instructionsPerAccess })) });
      const made = rig.take(0, Side.user, 20_000);
      const fetches = made.filter(({ kind }) => kind === 'fetch').length;
      const instructions = made.reduce((sum, access) => sum + access.instructions, 0);
      expect(instructions).toBe((made.length - fetches) * instructionsPerAccess);
      // 16 instructions to a line; the last data access may still be owed its fetches.
      const owed = instructions / 256 / 16 + 1 - fetches;
      expect(owed).toBeGreaterThanOrEqual(0);
      expect(owed).toBeLessThanOrEqual(instructionsPerAccess / 256 / 16 + 1);
    },
  );

  it('walk the code, which is apart from the data', () => {
    const rig = streamRig({ executors: only(loopOver(640, { code, instructionsPerAccess: 16 * 256 })) });
    const made = rig.take(0, Side.user, 400);
    const fetched = linesOf(made.filter(({ kind }) => kind === 'fetch'));
    expect(fetched.slice(0, 7).map((line) => line - fetched[0]!)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    const touched = pagesOf(linesOf(made.filter(({ kind }) => kind === 'read')));
    expect([...pagesOf(fetched)].filter((page) => touched.has(page))).toEqual([]);
    expect(made.filter(({ kind }) => kind === 'fetch').every(({ instructions }) => instructions === 0)).toBe(true);
  });

  it('there are none without code', () => {
    const made = streamRig({ executors: only(loopOver(640)) }).take(0, Side.user, 1000);
    expect(made.every(({ kind }) => kind === 'read')).toBe(true);
  });

  it('are more for shorter lines', () => {
    const executors = only(loopOver(640, { code, instructionsPerAccess: 256 }));
    const made = streamRig({ executors, lineBytes: 16 }).take(0, Side.user, 10);
    expect(made.map(({ kind }) => kind).join(' ')).toBe('fetch read read read read fetch read read read read');
  });
});

describe('physical memory', () => {
  it('is handed out page by page as pages are touched first', () => {
    const strided = component({ kind: 'strided', strideBytes: 3 * PAGE_BYTES }, 4 * PAGE_BYTES);
    const rig = streamRig({ executors: only(part([strided])) });
    expect(rig.words[(rig.streams.machineAddress + MACHINE_NEXT_FRAME) >>> 2]).toBe(0);
    // Virtual pages 0, 3, 2, 1 get frames 0, 1, 2, 3.
    expect(linesOf(rig.take(0, Side.user, 5))).toEqual([0, 1, 2, 3, 0].map((page) => page * LINES_PER_PAGE));
    expect(rig.words[(rig.streams.machineAddress + MACHINE_NEXT_FRAME) >>> 2]).toBe(4);
  });

  it('suffices for all regions, and no line is beyond it', () => {
    const executors = [0, 1, 2].map((vm) => executor(vm, 0, phase(loopOver((vm + 1) * 3000))));
    const rig = streamRig({ executors, placement: 'scattered' });
    expect(rig.physicalLines).toBe((1 + 2 + 3) * LINES_PER_PAGE);
    const touched = executors.flatMap((_, at) => linesOf(rig.take(at, Side.user, 1000)));
    expect(Math.max(...touched)).toBeLessThan(rig.physicalLines);
  });

  it('scattered placement gives the n-th page touched the n-th frame of an order that depends on the seed', () => {
    const frames = 50;
    const orderOf = (seed: number): number[] => {
      const rig = streamRig({ executors: only(loopOver(frames * PAGE_BYTES)), placement: 'scattered', seed });
      const touched = linesOf(rig.take(0, Side.user, frames * LINES_PER_PAGE));
      return Array.from({ length: frames }, (_, n) => touched[n * LINES_PER_PAGE]! / LINES_PER_PAGE);
    };
    const { factor, offset } = frameOrder('scattered', frames, 9);
    expect(offset).toBeGreaterThan(0);
    expect(orderOf(9)).toEqual(Array.from({ length: frames }, (_, n) => (n * factor + offset) % frames));
    expect(orderOf(9)).not.toEqual(orderOf(8));
  });

  it('scattered placement is any order of the frames, each once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (frames, seed) => {
        const { factor, offset } = frameOrder('scattered', frames, seed);
        const order = Array.from({ length: frames }, (_, n) => (n * factor + offset) % frames);
        return new Set(order).size === frames && offset < frames;
      }),
      { seed: 6 },
    );
    const rig = streamRig({ executors: only(loopOver(100 * PAGE_BYTES)), placement: 'scattered' });
    const touched = linesOf(rig.take(0, Side.user, 100 * LINES_PER_PAGE));
    expect(new Set(touched).size).toBe(touched.length);
    expect(touched.slice(0, LINES_PER_PAGE).map((line) => line - touched[0]!)).toEqual(
      Array.from({ length: LINES_PER_PAGE }, (_, at) => at),
    );
    expect(Math.abs(touched[LINES_PER_PAGE]! - touched[0]!)).toBeGreaterThan(20 * LINES_PER_PAGE);
  });

  it('is enough for the largest of several uses of a region', () => {
    const sizes = [1, 5, 3];
    const phases = sizes.map((pages) => phase(loopOver(pages * PAGE_BYTES), 10));
    const rig = streamRig({ executors: [executor(0, 0, ...phases)] });
    expect(rig.physicalLines).toBe(5 * LINES_PER_PAGE);
    const small = linesOf(rig.take(0, Side.user, LINES_PER_PAGE));
    rig.streams.enterPhases(10);
    expect(linesOf(rig.take(0, Side.user, LINES_PER_PAGE))).toEqual(small);
  });
});

describe('sharing of memory', () => {
  /** Pages that two executors touch both, of four pages each. */
  function common(a: ExecutorPlan, b: ExecutorPlan): number {
    const rig = streamRig({ executors: [a, b], placement: 'scattered' });
    const pages = [0, 1].map((at) => pagesOf(linesOf(rig.take(at, Side.user, 4 * LINES_PER_PAGE))));
    return [...pages[0]!].filter((page) => pages[1]!.has(page)).length;
  }
  const user = (sharing: 'vcpu' | 'vm' | 'machine'): PartSpec =>
    part([component('loop', 0, { region: region(4 * PAGE_BYTES, sharing) })]);

  it.each([
    ['vcpu', 0, 0],
    ['vm', 4, 0],
    ['machine', 4, 4],
  ] as const)('%s: vCPUs of a VM have %i of 4 pages in common, VMs %i', (sharing, inVm, amongVms) => {
    const one = executor(0, 0, phase(user(sharing)));
    expect(common(one, executor(0, 1, phase(user(sharing))))).toBe(inVm);
    expect(common(one, executor(1, 0, phase(user(sharing))))).toBe(amongVms);
  });

  it('a shared list is the same list for all, and everybody is somewhere else in it', () => {
    const chase = part([component('pointer-chase', 0, { region: region(50 * LINE_BYTES, 'vm') })]);
    const rig = streamRig({ executors: [executor(0, 0, phase(chase)), executor(0, 1, phase(chase))] });
    const [a, b] = [0, 1].map((at) => linesOf(rig.take(at, Side.user, 50))) as [number[], number[]];
    expect(a[0]).not.toBe(b[0]);
    const start = a.indexOf(b[0]!);
    expect([...a.slice(start), ...a.slice(0, start)]).toEqual(b);
  });

  it('lists of different VMs are in different orders', () => {
    const chase = part([component('pointer-chase', 50 * LINE_BYTES)]);
    const executors = [executor(0, 0, phase(chase)), executor(1, 0, phase(chase))];
    const rig = streamRig({ executors });
    const rounds = executors.map((_, at) => linesOf(rig.take(at, Side.user, 50)).map((line) => line % LINES_PER_PAGE));
    const from = (round: number[], first: number): number[] => {
      const start = round.indexOf(first);
      return [...round.slice(start), ...round.slice(0, start)];
    };
    expect(from(rounds[0]!, 7)).not.toEqual(from(rounds[1]!, 7));
  });

  it('refuses two executors that cannot be told apart', () => {
    const twice = [executor(0, 0, phase(loopOver(64))), executor(0, 0, phase(loopOver(64)))];
    expect(() => streamRig({ executors: twice })).toThrow(/same identity/);
  });
});

describe('what a vCPU touches', () => {
  it('depends on the seed, and neither on who else takes part nor on how the queue is emptied', () => {
    const mixed = part([component('uniform', 3000), component({ kind: 'zipf', exponentMilli: 900 }, 9000)]);
    const spec = phase(mixed);
    /** Relative to the page: other executors' pages come in between. */
    const touched = (executors: readonly ExecutorPlan[], at: number, seed = 1, chunk = 997): number[] => {
      const rig = streamRig({ executors, seed });
      const made: number[] = [];
      while (made.length < 2000) {
        executors.forEach((_, other) => {
          if (other !== at) rig.take(other, Side.user, 13);
        });
        made.push(...linesOf(rig.take(at, Side.user, Math.min(chunk, 2000 - made.length))));
      }
      return made.map((line) => line % LINES_PER_PAGE);
    };
    const alone = touched([executor(3, 1, spec)], 0);
    expect(touched([executor(3, 1, spec)], 0, 1, 5)).toEqual(alone);
    expect(touched([executor(0, 0, spec), executor(3, 1, spec), executor(3, 0, spec)], 1)).toEqual(alone);
    expect(touched([executor(3, 1, spec)], 0, 2)).not.toEqual(alone);
    expect(touched([executor(3, 2, spec)], 0)).not.toEqual(alone);
  });

  it('is independent on its user and kernel sides', () => {
    const spec = { ...phase(uniformOver(64 * LINE_BYTES)), kernel: uniformOver(64 * LINE_BYTES) };
    const rig = streamRig({ executors: [executor(0, 0, spec)] });
    const user = linesOf(rig.take(0, Side.user, 100));
    expect(linesOf(rig.take(0, Side.kernel, 100))).not.toEqual(user);
  });
});

describe('phases', () => {
  const small = uniformOver(8 * LINE_BYTES);
  const large = part([component('uniform', 64 * LINE_BYTES, { writesPerThousand: 1000 })], { baseCpi: 512 });

  it('a phase that comes back goes on as if nothing had been in between', () => {
    const whole = streamRig({ executors: [executor(0, 0, phase(small, 100), phase(large, 100))] });
    const expected = linesOf(whole.take(0, Side.user, 300));
    const rig = streamRig({ executors: [executor(0, 0, phase(small, 100), phase(large, 100))] });
    const made: number[] = [];
    for (let round = 0; round < 30; round++) {
      rig.streams.enterPhases(200 * round);
      made.push(...linesOf(rig.take(0, Side.user, 10)));
      rig.streams.enterPhases(200 * round + 100);
      expect(rig.take(0, Side.user, 7).every(({ kind }) => kind === 'write')).toBe(true);
    }
    expect(made).toEqual(expected);
  });

  it('bring their own pace', () => {
    const rig = streamRig({ executors: [executor(0, 0, phase(small, 100), phase(large))] });
    const compute = () => rig.words[(rig.streams.streamAddress(0, Side.user) + STREAM_COMPUTE) >>> 2];
    expect(compute()).toBe(256 * 1000);
    rig.streams.enterPhases(100);
    expect(compute()).toBe(512 * 1000);
  });

  it('a side that makes no accesses in a phase has no stream then', () => {
    const rig = streamRig({ executors: [executor(0, 0, phase(small, 100, large), phase(undefined, 50, undefined))] });
    const user = rig.streams.streamAddress(0, Side.user);
    const kernel = rig.streams.streamAddress(0, Side.kernel);
    expect(user).toBeGreaterThan(0);
    expect(kernel).toBeGreaterThan(0);
    expect(user).not.toBe(kernel);
    rig.streams.enterPhases(120);
    expect([rig.streams.streamAddress(0, Side.user), rig.streams.streamAddress(0, Side.kernel)]).toEqual([0, 0]);
    rig.streams.enterPhases(150);
    expect([rig.streams.streamAddress(0, Side.user), rig.streams.streamAddress(0, Side.kernel)]).toEqual([
      user,
      kernel,
    ]);
  });

  it('the next change is the first of all executors', () => {
    const executors = [
      executor(0, 0, phase(small, 100), phase(large, 40)),
      executor(1, 0, phase(small, 30), phase(large)),
    ];
    const { streams } = streamRig({ executors });
    const changes = [0];
    while (changes.length < 7) changes.push(streams.nextPhaseChangeNs(changes.at(-1)!));
    expect(changes).toEqual([0, 30, 100, 140, 240, 280, 380]);
    expect(streamRig({ executors: only(small) }).streams.nextPhaseChangeNs(0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('keep the request that is being served', () => {
    const rig = streamRig({ executors: [executor(0, 0, phase(small, 100), phase(large))] });
    const stream = rig.streams.streamAddress(0, Side.user);
    rig.words[(stream + STREAM_REQUEST_LEFT) >>> 2] = 17;
    rig.streams.enterPhases(100);
    expect(rig.words[(rig.streams.streamAddress(0, Side.user) + STREAM_REQUEST_LEFT) >>> 2]).toBe(17);
  });
});

describe('time', () => {
  const latenciesPs = [1000, 4000, 0, 0, 0, 0, 0, 100_001];

  it('a stall is the latency shared out over the accesses under way, rounded down, and whole where they are serial', () => {
    const rig = streamRig(
      { executors: only(part([component('loop', 64)], { baseCpi: 384, parallelism: 768 })) },
      {
        frequencyMhz: 2600,
        latenciesPs,
      },
    );
    const stream = rig.streams.streamAddress(0, Side.user);
    const table = (offset: number): number[] => [
      ...rig.words.slice((stream + offset) >>> 2, ((stream + offset) >>> 2) + STEPS),
    ];
    // 1.5 cycles of 1/2.6 ns for each of 256 instructions: 147,692.3 ps.
    expect(rig.words[(stream + STREAM_COMPUTE) >>> 2]).toBe(147_692);
    expect(table(STREAM_STALLS)).toEqual([333, 1333, 0, 0, 0, 0, 0, 33_333]);
    expect(table(STREAM_SERIAL_STALLS)).toEqual(latenciesPs);
    expect(table(STREAM_STALLS)[STEP_MEMORY]).toBe(33_333);
  });

  it('refuses a pace that the records cannot hold', () => {
    const machine = { frequencyMhz: 1, latenciesPs };
    expect(() => partTiming({ baseCpi: 4096, parallelism: 256 }, machine)).toThrow(/at most 16777216 fit/);
    expect(() => partTiming({ baseCpi: 1, parallelism: 256 }, { ...machine, latenciesPs: [1, 2] })).toThrow(/2 steps/);
  });
});

describe('a recorded workload', () => {
  const recorded: ExecutorPlan = {
    identity: ['guest', 0, 0],
    sharingGroup: 'vm 0',
    workload: {
      kind: 'recorded',
      name: 'trace',
      file: 't',
      path: '/t',
      format: 'auto',
      repeats: false,
      instructionsPerAccess: 256,
      baseCpi: 512,
      parallelism: 256,
      kernel: uniformOver(640),
      service: undefined,
    },
  };

  it('has a queue to be filled from outside, and a kernel side that is generated', () => {
    const rig = streamRig({ executors: [recorded] });
    const stream = rig.streams.streamAddress(0, Side.user);
    const word = (offset: number): number => rig.words[(stream + offset) >>> 2]!;
    expect(word(STREAM_KIND)).toBe(STREAM_KIND_RECORDED);
    expect(word(STREAM_QUEUE)).toBeGreaterThan(0);
    expect(word(STREAM_QUEUE_MASK) & (word(STREAM_QUEUE_MASK) + 1)).toBe(0);
    expect(word(STREAM_COMPUTE)).toBe(512_000);
    expect(rig.take(0, Side.kernel, 10)).toHaveLength(10);
    rig.streams.enterPhases(1e9);
    expect(rig.streams.streamAddress(0, Side.user)).toBe(stream);
  });
});

describe('planning', () => {
  const plan = {
    name: 'm',
    seed: 1,
    lineBytes: LINE_BYTES,
    pageBytes: PAGE_BYTES,
    placement: 'scattered',
    recordedPages: 0,
  } as const;

  it('costs nothing, however large the memory', () => {
    const huge = part([component({ kind: 'zipf', exponentMilli: 900 }, 2 ** 38)]);
    const blueprint = planStreams({ ...plan, executors: only(huge) });
    expect(blueprint.physicalLines).toBe(2 ** 32);
    // Eight bytes a line for the table, four a page: more than a block can have.
    expect(blueprint.byteLength).toBeGreaterThan(2 ** 35);
  });

  it('counts the pages of recorded traces, too', () => {
    const { physicalLines } = planStreams({ ...plan, executors: only(loopOver(PAGE_BYTES)), recordedPages: 9 });
    expect(physicalLines).toBe(10 * LINES_PER_PAGE);
  });

  it('refuses more lines than have numbers', () => {
    expect(() => streamRig({ executors: only(loopOver(2 ** 38)) })).toThrow('4294967296 lines: at most 4294967295');
  });

  it('is for a machine without executors possible, too', () => {
    expect(planStreams({ ...plan, executors: [] }).physicalLines).toBe(LINES_PER_PAGE);
  });

  it('refuses a part that touches no data', () => {
    expect(() => planStreams({ ...plan, executors: only(part([])) })).toThrow(/without components: vm 0/);
  });
});
