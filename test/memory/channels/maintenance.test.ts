import { describe, expect, test } from 'vitest';
import { KIND_READ, KIND_WRITE } from '../../../src/loop/assembly/layout.ts';
import { brokenIdentities } from '../conservation.ts';
import { TimedMachine } from './timed-machine.ts';

/** Lines 0 to 7 in one cache, the even ones dirty. */
function filled(): { machine: TimedMachine; owner: number } {
  const machine = new TimedMachine({ sets: 8 });
  const owner = machine.owners[0]!;
  for (let line = 0; line < 8; line++) machine.memory.access(0, line, line % 2 === 0 ? KIND_WRITE : KIND_READ, owner);
  return { machine, owner };
}

describe('cache maintenance', () => {
  test('tells dirty lines by owner', () => {
    const { machine, owner } = filled();
    expect(machine.memory.dirtyLines(0)[owner]).toBe(4);
    machine.memory.access(0, 8, KIND_READ, owner);
    expect(machine.memory.dirtyLines(0)[owner]).toBe(3);
  });

  test('cleans: dirty data goes to memory, lines stay', () => {
    const { machine, owner } = filled();
    expect(machine.memory.maintain(0, 8, 'clean')).toBe(8);
    expect(machine.memory.dirtyLines(0)[owner]).toBe(0);
    expect(machine.memory.occupancy(0, owner)).toBe(8);
    expect(machine.memory.memoryCounters(owner).writeBacks).toBe(4);
    expect(machine.memory.channels!.counters(0, owner)).toMatchObject({ writes: 0, waiting: 4 });
    machine.advance(10);
    expect(machine.memory.channels!.counters(0, owner)).toMatchObject({ writes: 4, waiting: 0 });
  });

  test.each([
    ['invalidate', 0],
    ['clean-invalidate', 2],
  ] as const)('%s drops lines of the range alone, and writes back %i of them', (operation, written) => {
    const { machine, owner } = filled();
    machine.memory.maintain(2, 4, operation);
    const kept = [0, 1, 2, 3, 4, 5, 6, 7].filter((line) => machine.memory.find(0, line) !== undefined);
    expect(kept).toEqual([0, 1, 6, 7]);
    expect(machine.memory.memoryCounters(owner).writeBacks).toBe(written);
    expect(machine.memory.counters(0, owner)).toMatchObject({ occupancy: 4, invalidated: 4 });
    expect(brokenIdentities(machine.memory, machine.memory.config, machine.owners)).toEqual([]);
  });

  test('stops where channels have no room for more writes, and goes on when time has passed', () => {
    const machine = new TimedMachine({ sets: 2048 });
    const owner = machine.owners[0]!;
    for (let line = 0; line < 2048; line++) machine.memory.access(0, line, KIND_WRITE, owner);
    const done = machine.memory.maintain(0, 2048, 'clean');
    expect(done).toBeGreaterThan(500);
    expect(done).toBeLessThan(2048);
    machine.advance(2000);
    expect(machine.memory.maintain(done, 2048 - done, 'clean')).toBe(2048 - done);
    machine.advance(4000);
    expect(machine.memory.channels!.counters(0, owner)).toMatchObject({ writes: 2048, waiting: 0 });
  });
});
