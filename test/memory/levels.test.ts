/** What passes between caches: write-backs and who pays for them, write policies, inclusion (A 3.2, hierarchy-config.ts). */
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { KIND_READ, KIND_WRITE, STEP_MEMORY } from '../../src/loop/assembly/layout.ts';
import type { CacheConfig, HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import type { MemorySystem } from '../../src/memory/memory-system.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { cacheConfig, controlFeatures, machineConfig } from './machine-configs.ts';
import { memorySystem, nonSecureOwner } from './memory-fixture.ts';

const L1 = 0;
const L2 = 1;

/** An L1 of one line before an L2 of four, each fully associative. */
function twoLevels(
  l1: Partial<CacheConfig>,
  l2: Partial<CacheConfig>,
  machine: Partial<HierarchyConfig> = {},
): { system: MemorySystem; alice: number; bob: number } {
  const caches = [
    cacheConfig({ name: 'L1', sets: 1, ways: 1, outer: 1, ...l1 }),
    cacheConfig({ name: 'L2', sets: 1, ways: 4, ...l2 }),
  ];
  const system = memorySystem(machineConfig(caches, machine));
  return { system, alice: nonSecureOwner(system, 1, 0), bob: nonSecureOwner(system, 2, 1) };
}

describe('a store', () => {
  it('makes the line dirty in the first write-back cache only; further out it is a read for ownership', () => {
    const { system, alice } = twoLevels({}, {});
    expect(system.access(0, 7, KIND_WRITE, alice)).toBe(STEP_MEMORY);
    expect(system.find(L1, 7)).toMatchObject({ isDirty: true });
    expect(system.find(L2, 7)).toMatchObject({ isDirty: false });
    expect(system.counters(L2, alice)).toMatchObject({ writes: 1, writeMisses: 1, writeBacks: 0 });
    expect(system.memoryCounters(alice)).toMatchObject({ writes: 1, writeBacks: 0 });
  });

  it.each([
    ['write-through', 1],
    ['write-through-allocate', 0],
  ] as const)('goes through a %s cache to the next level; the second is served by step %i', (writePolicy, step) => {
    const { system, alice } = twoLevels({ writePolicy }, {});
    system.access(0, 7, KIND_WRITE, alice);
    expect(system.access(0, 7, KIND_WRITE, alice)).toBe(step);
    expect(system.find(L1, 7)?.isDirty ?? false).toBe(false);
    expect(system.find(L2, 7)).toMatchObject({ isDirty: true });
    expect(system.counters(L2, alice).writes).toBe(2);
  });

  it.each([
    ['allocator', 0],
    ['writer', 1],
  ] as const)('that hits makes the line its %s’s', (writeHitOwner, ownerIndex) => {
    const { system, alice, bob } = twoLevels({ writeHitOwner }, {});
    system.access(0, 7, KIND_READ, alice);
    system.access(0, 7, KIND_WRITE, bob);
    expect(system.find(L1, 7)).toMatchObject({ owner: [alice, bob][ownerIndex], isDirty: true });
    expect(system.counters(L1, bob).transferred).toBe(ownerIndex);
    expect(system.counters(L1, alice).transferred).toBe(0 - ownerIndex);
  });
});

describe('a dirty line that leaves', () => {
  it('carries the label of its owner outward, whoever forced it out', () => {
    const { system, alice, bob } = twoLevels({}, {});
    system.access(0, 7, KIND_WRITE, alice);
    system.access(0, 8, KIND_READ, bob);
    expect(system.find(L2, 7)).toMatchObject({ owner: alice, isDirty: true });
    expect(system.counters(L1, alice).writeBacks).toBe(1);
    expect(system.counters(L2, alice).received).toBe(1);
    expect(system.flow(L1, bob, alice)).toBe(1);
  });

  it.each([
    ['owner', 1, 0],
    ['evictor', 0, 1],
  ] as const)('of the last level is billed to the %s', (writeBackBilledTo, toAlice, toBob) => {
    const system = memorySystem(machineConfig([cacheConfig({ sets: 1, ways: 1 })], { writeBackBilledTo }));
    const [alice, bob] = [nonSecureOwner(system, 1, 0), nonSecureOwner(system, 2, 1)];
    system.access(0, 7, KIND_WRITE, alice);
    system.access(0, 8, KIND_READ, bob);
    expect([alice, bob].map((owner) => system.memoryCounters(owner).writeBacks)).toEqual([toAlice, toBob]);
  });

  it('is allocated further out under its own partition, or passed on if that may not', () => {
    const { system, alice, bob } = twoLevels({}, { controls: controlFeatures({ cpbmWd: 4 }) });
    system.controls(L2)!.write(settingAt(MscRegister.MPAMCFG_CPBM, 1, 1), 0);
    system.access(0, 7, KIND_WRITE, alice);
    system.access(0, 8, KIND_READ, bob);
    expect(system.find(L2, 7)).toBeUndefined();
    expect(system.counters(L2, alice)).toMatchObject({ refused: 2, received: 1 });
    expect(system.memoryCounters(alice).writeBacks).toBe(1);
  });
});

describe('an inclusive cache', () => {
  it('takes the copies inside along, with their data, and lets their history name the evictor', () => {
    const { system, alice, bob } = twoLevels({ ways: 4 }, { ways: 2, inclusion: 'inclusive' });
    system.access(0, 7, KIND_WRITE, alice);
    system.access(0, 8, KIND_READ, bob);
    system.access(0, 9, KIND_READ, bob);
    expect([L1, L2].map((cache) => system.find(cache, 7))).toEqual([undefined, undefined]);
    expect(system.counters(L1, alice)).toMatchObject({ invalidated: 1, evicted: 0, writeBacks: 0 });
    expect(system.counters(L2, alice)).toMatchObject({ evicted: 1, writeBacks: 1 });
    expect([system.flow(L1, bob, alice), system.flow(L2, bob, alice)]).toEqual([0, 1]);
    expect(system.memoryCounters(alice).writeBacks).toBe(1);
    system.access(0, 7, KIND_READ, alice);
    expect(system.missesBecauseOf(L1, alice, bob)).toBe(1);
  });

  it('that may not take a line keeps it out of the caches inside, too', () => {
    const { system, alice } = twoLevels({}, { inclusion: 'inclusive', controls: controlFeatures({ cpbmWd: 4 }) });
    system.controls(L2)!.write(settingAt(MscRegister.MPAMCFG_CPBM, 1, 1), 0);
    expect([1, 2].map(() => system.access(0, 7, KIND_READ, alice))).toEqual([STEP_MEMORY, STEP_MEMORY]);
    expect([L1, L2].map((cache) => system.counters(cache, alice).refused)).toEqual([2, 2]);
  });
});

describe('an exclusive cache', () => {
  it('holds what left the cache inside, and gives it back with its data', () => {
    const { system, alice, bob } = twoLevels({}, { inclusion: 'exclusive' });
    system.access(0, 7, KIND_WRITE, alice);
    expect(system.find(L2, 7)).toBeUndefined();
    system.access(0, 8, KIND_READ, bob);
    expect(system.find(L2, 7)).toMatchObject({ owner: alice, isDirty: true });
    expect(system.access(0, 7, KIND_READ, bob)).toBe(1);
    expect(system.find(L1, 7)).toMatchObject({ owner: bob, isDirty: true });
    expect(system.find(L2, 7)).toBeUndefined();
    expect(system.counters(L2, alice).invalidated).toBe(1);
    // 8 was clean and is there all the same.
    expect(system.find(L2, 8)).toMatchObject({ owner: bob, isDirty: false });
  });
});

describe('a non-inclusive cache', () => {
  it('keeps a line that the cache inside has, and leaves it there when it evicts it', () => {
    const { system, alice, bob } = twoLevels({ ways: 4 }, { ways: 1 });
    system.access(0, 7, KIND_READ, alice);
    system.access(0, 8, KIND_READ, bob);
    expect(system.find(L1, 7)).toBeDefined();
    expect(system.find(L2, 7)).toBeUndefined();
    expect(system.counters(L1, alice).invalidated).toBe(0);
  });
});
