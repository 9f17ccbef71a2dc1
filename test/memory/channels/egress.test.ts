/** PARTID translation at the egress of a cache (A 2.7) where memory has channels: requests wait under the translated label. */
import { expect, test } from 'vitest';
import { packLabel } from '../../../src/arch/label.ts';
import { PLAIN_FRONT } from '../../../src/memory/implied-mscs.ts';
import type { MscConfig } from '../../../src/memory/msc-config.ts';
import { TimedMachine } from './timed-machine.ts';

/** In front of the first PE's cache. */
const TRANSLATING: MscConfig = {
  name: 'l1-0',
  features: {
    ...{ partidMax: 15, pmgMax: 0, hasEndis: false, hasNfu: false, intpartidMax: undefined },
    ...{ outOfRange: 'default', reset: 'defaults' },
  },
  front: { ...PLAIN_FRONT, egress: { partidMax: 15, hasDirect: true, hasBaseMask: false } },
  resources: [
    {
      ...{ ris: 0, cache: 0, channel: undefined, cacheControls: undefined, bandwidth: undefined, priority: undefined },
      monitors: { csu: undefined, mbwu: undefined },
    },
  ],
};

test('a translated owner is another one in memory and in its channels, and the PE waits as ever', () => {
  const machine = new TimedMachine({ pes: 2, channel: { lineTime: 20_000 * 65536 }, mscs: [TRANSLATING] });
  const { memory } = machine;
  const channels = memory.channels!;
  const [owner, other] = machine.owners as [number, number];
  const translated = memory.owner(packLabel(1, 9, 0), 0);
  memory.setEgress(0, owner, translated);
  machine.give(0, [
    { line: 0, kind: 'write' },
    { line: 1, kind: 'read' },
  ]);
  machine.give(1, [{ line: 100 }]);
  machine.advance(1000);
  expect(memory.counters(0, owner)).toMatchObject({ readMisses: 1, writeMisses: 1, writeBacks: 1 });
  expect(memory.memoryCounters(translated)).toMatchObject({ reads: 1, writes: 1, writeBacks: 1 });
  expect(channels.counters(0, translated)).toMatchObject({ reads: 2, writes: 1, servicePs: 60_000, waiting: 0 });
  for (const nothing of [memory.memoryCounters(owner), channels.counters(0, owner)]) {
    expect(Object.values(nothing)).toEqual(Object.values(nothing).map(() => 0));
  }
  // Both PEs ask at 1 ns, the lower one first.
  expect(channels.delayPs(0, other, translated)).toBe(20_000);
  expect(machine.spent(0)).toMatchObject({ compute: 2000, memory: 2 * 50_000, queueing: 0 });
});

test('a limit of the translated PARTID is what holds its requests', () => {
  const machine = new TimedMachine({ window: 64, channel: { lineTime: 10_000 * 65536 }, mscs: [TRANSLATING] });
  const { memory } = machine;
  const translated = memory.owner(packLabel(1, 9, 0), 0);
  const slots = memory.channels!.slots(0);
  const slot = slots.addSlot();
  slots.setLimits(slot, {
    ...{ minimum: 0, maximum: 6554, isHard: true, stride: 0, windowPs: 100_000 },
    ...{ priority: undefined, downstreamPriority: undefined },
  });
  slots.setOwnerSlot(translated, slot);
  machine.give(
    0,
    Array.from({ length: 500 }, (_, line) => ({ line })),
  );
  machine.advance(1000);
  const before = memory.channels!.totals(0).served;
  expect(before).toBeGreaterThan(90);
  memory.setEgress(0, machine.owners[0]!, translated);
  machine.advance(3000);
  // What waited when translation began goes on as it came; then a line of 10 ns in each window of 100 ns.
  const held = memory.channels!.counters(0, translated);
  expect(held.reads).toBeGreaterThanOrEqual(10);
  expect(held.reads).toBeLessThanOrEqual(20);
  expect(held.throttledPs).toBeGreaterThan(0);
});
