/** Waits that are not for data: no room for a request, and a wait for the write buffer that is cut off. */
import { describe, expect, test } from 'vitest';
import { type TimedAccess, TimedMachine } from './timed-machine.ts';

const LINE_PS = 10_000;
const SLOW = { lineTime: LINE_PS * 65536 };
const writes = (...lines: readonly number[]): TimedAccess[] => lines.map((line) => ({ line, kind: 'write' }));

/** Let requests of an owner arrive at the start until there is no room for more. @returns how many. */
function fill({ memory }: TimedMachine, owner: number): number {
  for (let count = 0; ; count++) {
    try {
      memory.channels!.offer(0, { arrivalPs: 0, line: count, kind: 'write', owner, tag: count });
    } catch (error) {
      expect(error).toMatchObject({ message: `more than ${count} requests wait in channels` });
      return count;
    }
  }
}

describe('where channels have no room for more requests', () => {
  test('a PE waits until there is some for all that its access needs', () => {
    const machine = new TimedMachine({ pes: 2, window: 64, channel: SLOW });
    const waiting = fill(machine, machine.owners[1]!);
    machine.give(0, writes(0, 1));
    machine.advance(15, 5);
    // The line in service since 0 has left room for one read, at 1 ns. The second store needs two: a read, and the write-back
    // of the first line.
    expect(machine.memory.channels!.counters(0, machine.owners[0]!).waiting).toBe(1);
    machine.advance(1000);
    // There is room for them when lines have begun at 10 and at 20 ns.
    expect(machine.memory.channels!.counters(0, machine.owners[0]!).waiting).toBe(3);
    expect(machine.spent(0)).toMatchObject({ compute: 2000, memory: 18_001, queueing: 18_001, throttled: 0 });
    machine.advance(((waiting + 3) * LINE_PS) / 1000);
    expect(machine.memory.channels!.totals(0).served).toBe(waiting + 3);
    expect(machine.memory.channels!.counters(0, machine.owners[0]!)).toMatchObject({ reads: 2, writes: 1, waiting: 0 });
  });

  test('a PE whose request finds room at its own time does not wait for it', () => {
    const machine = new TimedMachine({ pes: 2, channel: SLOW });
    const [own, other] = machine.owners as [number, number];
    const waiting = fill(machine, other);
    machine.give(0, [{ line: 904 }]);
    machine.advance(2 * waiting * 10);
    // Made at 1 ns, behind all that were there: granted when these are served.
    const grantedPs = waiting * LINE_PS;
    expect(machine.spent(0)).toMatchObject({ compute: 1000, memory: grantedPs - 1000 + 50_000, throttled: 0 });
    expect(machine.spent(0).queueing).toBe(grantedPs - 1000);
    expect(machine.memory.channels!.delayPs(0, own, other)).toBe(grantedPs - 1000);
  });
});

describe('a context that ends while its PE waits for the write buffer', () => {
  test('has waited as long as it was there, and its lines are written back all the same', () => {
    const machine = new TimedMachine({ window: 64, writeBufferLines: 1, channel: SLOW });
    machine.give(0, writes(0, 1, 2));
    // It waits from 3 ns on, for a write-back that is granted at 21 ns.
    machine.advance(10);
    machine.stop(0);
    const spent = { compute: 3000, memory: 7000, queueing: 0, throttled: 0, writeBuffer: 7000 };
    expect(machine.spent(0)).toEqual({ ...spent, idle: 0 });
    machine.advance(1000);
    expect(machine.spent(0)).toEqual({ ...spent, idle: 990_000 });
    expect(machine.memory.channels!.counters(0, machine.owners[0]!)).toMatchObject({ reads: 3, writes: 2, waiting: 0 });
  });

  test('leaves its lines in the write buffer to the next one, who waits for room again', () => {
    const machine = new TimedMachine({ window: 64, writeBufferLines: 1, channel: SLOW });
    machine.give(0, writes(0, 1, 2));
    machine.advance(10);
    machine.stop(0);
    machine.resume(0);
    machine.give(0, writes(3));
    machine.advance(1000);
    // Made at 11 ns: the third line in the buffer. In the queue are read 0 (granted at 1), 1, write-back 0, read 2, write-back
    // 1, then read 3 and write-back 2: there is room when write-back 1 is granted, at 41 ns.
    expect(machine.spent(0)).toMatchObject({ compute: 4000, memory: 37_000, queueing: 0, writeBuffer: 37_000 });
  });
});
