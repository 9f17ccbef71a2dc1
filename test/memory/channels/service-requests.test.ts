/** Requests of a service whose accesses go to memory: a line takes 50 ns if it waits for nobody, an instruction 1 ns. */
import { describe, expect, test } from 'vitest';
import { type TimedAccess, TimedMachine, type TimedOptions } from './timed-machine.ts';

const reads = (...lines: readonly number[]): TimedAccess[] => lines.map((line) => ({ line }));

function latencies(options: TimedOptions, accesses: readonly TimedAccess[], arrivalsNs: readonly number[]): number[] {
  const machine = new TimedMachine(options);
  machine.give(0, accesses);
  machine.serve(0, accesses.length / arrivalsNs.length, arrivalsNs);
  machine.advance(10_000);
  return machine.latenciesNs(0);
}

describe('a request of a service', () => {
  test('is done when its last line is there, and the next one begins then', () => {
    const lines = Array.from({ length: 9 }, (_, n) => n);
    // Lines are asked for 1, 2 and 3 ns after the beginning: 53 ns. The second request has waited since 10 ns.
    expect(latencies({ window: 8 }, reads(...lines), [0, 10, 500])).toEqual([53, 2 * 53 - 10, 53]);
  });

  test('waits for lines that its last access does not need', () => {
    // The second access finds the line in the cache, at 2 ns; the data comes at 51.
    expect(latencies({ window: 8 }, reads(0, 0), [0])).toEqual([51]);
  });

  test('waits in the queue of the channel for each of its lines', () => {
    const machine = new TimedMachine({ window: 8, channel: { lineTime: 20_000 * 65536 } });
    machine.give(0, reads(0, 1, 2));
    machine.serve(0, 3, [0]);
    machine.advance(1000);
    // Asked for at 1, 2 and 3 ns, granted at 1, 21 and 41.
    expect(machine.latenciesNs(0)).toEqual([41 + 50]);
    expect(machine.spent(0)).toMatchObject({ compute: 3000, memory: 88_000, queueing: 38_000, throttled: 0 });
    expect(machine.spent(0).idle).toBe(1_000_000 - 91_000);
  });

  test('takes longer by what others have in the queue', () => {
    const machine = new TimedMachine({ pes: 2, window: 64, channel: { lineTime: 20_000 * 65536 } });
    machine.give(0, reads(...Array.from({ length: 30 }, (_, n) => n)));
    machine.give(1, [{ line: 100, instructions: 31 }]);
    machine.serve(1, 1, [0]);
    machine.advance(2000);
    // 30 lines, asked for at 1 to 30 ns, are done at 601.
    expect(machine.latenciesNs(1)).toEqual([601 + 50]);
    expect(machine.memory.channels!.delayPs(0, machine.owners[1]!, machine.owners[0]!)).toBe((601 - 31) * 1000);
  });

  test.each([7, 50, 333])('takes as long however time is cut, here into spans of %i ns', (spanNs) => {
    const machine = new TimedMachine({ window: 2, channel: { lineTime: 30_000 * 65536 } });
    machine.give(0, reads(0, 1, 2, 3, 4, 5));
    machine.serve(0, 3, [5, 6]);
    machine.advance(1000, spanNs);
    // Made at 6 and 7, when the first is there: 56, and the third at 57. Granted at 6, 36 and 66: done at 116. The second
    // request does the same from then on.
    expect(machine.latenciesNs(0)).toEqual([116 - 5, 116 + (116 - 5) - 6]);
  });
});
