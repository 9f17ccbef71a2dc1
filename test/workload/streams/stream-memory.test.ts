/** Which memory generated streams touch: physical pages, what is shared, and what decides it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MACHINE_NEXT_FRAME } from '../../../src/loop/assembly/layout.ts';
import { frameOrder } from '../../../src/workload/streams/frame-order.ts';
import { type ExecutorPlan, Side } from '../../../src/workload/streams/stream-plan.ts';
import type { PartSpec } from '../../../src/workload/workload.ts';
import {
  component,
  executor,
  LINE_BYTES,
  LINES_PER_PAGE,
  linesOf,
  loopOver,
  only,
  PAGE_BYTES,
  pagesOf,
  part,
  phase,
  region,
  streamRig,
  uniformOver,
} from './stream-rig.ts';

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
