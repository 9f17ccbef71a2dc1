/** Streams of a whole machine: phases, time, recorded workloads, and what cannot be planned. */
import { describe, expect, it } from 'vitest';
import {
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
import { partTiming } from '../../../src/workload/streams/part-timing.ts';
import { planStreams } from '../../../src/workload/streams/stream-blueprint.ts';
import { type ExecutorPlan, Side } from '../../../src/workload/streams/stream-plan.ts';
import {
  component,
  executor,
  LINE_BYTES,
  LINES_PER_PAGE,
  linesOf,
  loopOver,
  only,
  PAGE_BYTES,
  part,
  phase,
  streamRig,
  uniformOver,
} from './stream-rig.ts';

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
