import { describe, expect, test } from 'vitest';
import type { BandwidthLimits } from '../../../src/memory/settings/bandwidth-slots.ts';
import { LATENCY_PS, type TimedAccess, TimedMachine } from './timed-machine.ts';

const reads = (count: number, first = 0): TimedAccess[] =>
  Array.from({ length: count }, (_, n) => ({ line: first + n }));
const total = ({ compute, idle, memory }: { compute: number; idle: number; memory: number }): number =>
  compute + idle + memory;
const HARD_TENTH: BandwidthLimits = {
  ...{ minimum: 0, maximum: 6554, isHard: true, stride: 0, windowPs: 100_000 },
  ...{ priority: undefined, downstreamPriority: undefined },
};

describe('a PE alone', () => {
  test('takes exactly the memory latency for an access that waits for nobody', () => {
    const machine = new TimedMachine();
    machine.give(0, reads(10));
    machine.advance(10_000);
    expect(machine.spent(0)).toEqual({
      ...{ compute: 10 * 1000, memory: 10 * LATENCY_PS, queueing: 0, throttled: 0, writeBuffer: 0 },
      idle: 10_000_000 - 10 * (1000 + LATENCY_PS),
    });
  });

  test('goes on while fewer requests are under way than its window, and takes them back in order', () => {
    const machine = new TimedMachine({ window: 4 });
    machine.give(0, reads(8));
    machine.advance(10_000);
    // Made at 1, 2, 3, 4 ns; the fifth when the first is back, at 51, and so on. Nobody waits for the last three.
    const goesOn = [51, 52, 53, 54, 101 + 1];
    expect(machine.spent(0).compute).toBe(8000);
    expect(machine.spent(0).memory).toBe((goesOn[0]! - 4 + (goesOn[4]! - 55)) * 1000);
  });

  test.each(['fetch', 'serial'] as const)('waits for all that is under way after a %s', (kind) => {
    const machine = new TimedMachine({ window: 64 });
    const last: TimedAccess = kind === 'fetch' ? { line: 100, kind: 'fetch' } : { line: 100, isSerial: true };
    machine.give(0, [...reads(3), last]);
    machine.advance(10_000);
    // The last one is made at 4 ns, behind nobody, as each line takes 1 ns.
    expect(machine.spent(0)).toMatchObject({ compute: 4000, memory: LATENCY_PS, queueing: 0 });
  });

  test('waits for room when more lines are written back than its write buffer holds', () => {
    const machine = new TimedMachine({ window: 64, writeBufferLines: 1, channel: { lineTime: 10_000 * 65536 } });
    machine.give(
      0,
      [0, 1, 2].map((line) => ({ line, kind: 'write' })),
    );
    machine.advance(10_000);
    // Reads at 1, 2 and 3 ns, write-backs of lines 0 and 1 with the second and the third; 10 ns each, in that order. The
    // write-back of 2 ns is granted after two reads, at 21 ns.
    expect(machine.spent(0).memory).toBe((21 - 3) * 1000);
    expect(machine.spent(0)).toMatchObject({ writeBuffer: 18_000, queueing: 0, throttled: 0 });
    expect(machine.memory.channels!.counters(0, machine.owners[0]!)).toMatchObject({ reads: 3, writes: 2, waiting: 0 });
  });

  test('does the same however its time is cut into spans', () => {
    const spent = [7, 50, 1000, 20_000].map((spanNs) => {
      const machine = new TimedMachine({ window: 3, writeBufferLines: 2, sets: 4, channel: { turnaroundPs: 700 } });
      machine.give(
        0,
        Array.from({ length: 300 }, (_, n) => ({ line: (n * 37) % 64, kind: n % 3 === 0 ? 'write' : 'read' })),
      );
      machine.advance(20_000, spanNs);
      return machine.spent(0);
    });
    for (const other of spent) expect(other).toEqual(spent[0]);
  });
});

describe('PEs together', () => {
  test('get the bandwidth and no more, and each time adds up', () => {
    const machine = new TimedMachine({ pes: 3, window: 64, channel: { lineTime: 10_000 * 65536 } });
    for (let pe = 0; pe < 3; pe++) machine.give(pe, reads(1000, 1000 * pe));
    machine.advance(20_000);
    expect(machine.memory.channels!.totals(0)).toMatchObject({ busyPs: 2000 * 10_000 });
    for (let pe = 0; pe < 3; pe++) expect(total(machine.spent(pe))).toBe(20_000_000 - machine.leftPs(pe));
  });

  test('queue behind each other, and it is known behind whom', () => {
    const machine = new TimedMachine({ pes: 2, channel: { lineTime: 20_000 * 65536 } });
    machine.give(0, reads(1));
    machine.give(1, reads(1, 100));
    machine.advance(1000);
    const [first, second] = machine.owners as [number, number];
    // Both arrive at 1 ns, the lower PE first.
    expect(machine.memory.channels!.delayPs(0, second, first)).toBe(20_000);
    expect(machine.memory.channels!.delayPs(0, first, second)).toBe(0);
    expect(machine.spent(0)).toMatchObject({ memory: LATENCY_PS, queueing: 0 });
    expect(machine.spent(1)).toMatchObject({ memory: LATENCY_PS + 20_000, queueing: 20_000, throttled: 0 });
  });
});

describe('a PE whose partition has a hard limit', () => {
  function limited(): TimedMachine {
    const machine = new TimedMachine({ window: 64, channel: { lineTime: 10_000 * 65536 } });
    const slots = machine.memory.channels!.slots(0);
    const slot = slots.addSlot();
    slots.setLimits(slot, HARD_TENTH);
    slots.setOwnerSlot(machine.owners[0]!, slot);
    return machine;
  }

  test('gets its share of every window, and waits throttled', () => {
    const machine = limited();
    machine.give(0, reads(500));
    machine.advance(10_000);
    // A tenth of each window of 100 ns is one line of 10 ns.
    expect(machine.memory.channels!.totals(0).served).toBe(100);
    const { memory, throttled } = machine.spent(0);
    expect(throttled / memory).toBeGreaterThan(0.8);
    expect(total(machine.spent(0))).toBe(10_000_000);
  });

  test('is free when its context ends, and leaves its requests behind', () => {
    const machine = limited();
    machine.give(0, reads(500));
    machine.advance(2000);
    const before = machine.spent(0);
    machine.stop(0);
    machine.advance(3000);
    expect(machine.spent(0).idle - before.idle).toBe(1_000_000);
    expect(machine.memory.channels!.counters(0, machine.owners[0]!).reads).toBe(30);
    expect(machine.spent(0).throttled).toBeGreaterThan(before.throttled);
    machine.resume(0);
    machine.advance(10_000);
    expect(total(machine.spent(0))).toBe(10_000_000);
  });
});
