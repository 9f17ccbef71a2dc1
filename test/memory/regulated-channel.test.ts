/** Settings of a memory's MSC as its channel has them: windows that it can remember, disabled PARTIDs (A 2.4, 3.6, 3.8). */
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { BlockLayout } from '../../src/loop/block.ts';
import type { AccountingWindow } from '../../src/memory/bandwidth-config.ts';
import { reserveMemory } from '../../src/memory/memory-regions.ts';
import { MemorySystem } from '../../src/memory/memory-system.ts';
import type { MscFeatures, ResourceConfig } from '../../src/memory/msc-config.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { oneChannelMemory } from './bandwidth-judge/one-channel.ts';
import { labelOf, NON_SECURE as NS } from './controls-fixture.ts';
import { ALL_BANDWIDTH, channelResource, MSC_FEATURES, mscOf } from './msc-fixture.ts';

const { MPAMCFG_MBW_WINWD: WINWD, MPAMCFG_MBW_PBM: PBM, MPAMCFG_DIS: DIS, MPAMCFG_EN: EN } = MscRegister;

interface Options {
  readonly window?: AccountingWindow;
  readonly resource?: Partial<ResourceConfig>;
  readonly features?: Partial<MscFeatures>;
}

/** A memory of one channel that takes 2.5 ns for a line, behind one cache. */
function memoryOf({ window = 'moving', resource = {}, features = {} }: Options = {}): MemorySystem {
  const cache = {
    ...({ name: 'l3-0', level: 'L3', sets: 1, ways: 1, policy: 'lru', writePolicy: 'write-back' } as const),
    ...({ inclusion: 'non-inclusive', outer: undefined, latencyPs: 0, writeHitOwner: 'allocator' } as const),
    ...{ flows: false, missClasses: false, controls: undefined },
  };
  const layout = new BlockLayout();
  const regions = reserveMemory(layout, {
    caches: [cache],
    ports: [{ fetch: 0, data: 0 }],
    lineBytes: 64,
    memoryLatencyPs: 0,
    physicalLines: 1024,
    writeBackBilledTo: 'owner',
    bandwidth: oneChannelMemory({ window, lineTime: 2500 * 65536 }),
    mscs: [mscOf([channelResource(resource)], { features: { ...MSC_FEATURES, ...features } })],
    ownerCapacity: 16,
    seed: 1,
  });
  return new MemorySystem(layout.build(), regions);
}

/** The window that acts on an owner, ps. */
function windowOf(memory: MemorySystem, owner: number): number {
  const slots = memory.channels!.slots(0);
  return slots.limitsOf(slots.slotOf(owner)).windowPs;
}

describe('MBW_WINWD', () => {
  // 2^20 - 2 lines of 2.5 ns are 2621.435 us.
  const LONGEST = Math.floor(2621.435 * 256);

  it('keeps the longest moving window that the channel can remember where software writes a longer one', () => {
    const memory = memoryOf();
    const controls = memory.mscControls(0);
    const owner = memory.owner(labelOf(1), 0);
    for (const winwd of [LONGEST, LONGEST + 1, 0x100000, 0xffffff]) {
      controls.write(settingAt(WINWD, NS, 1), 256);
      controls.write(settingAt(WINWD, NS, 1), winwd);
      expect(controls.read(settingAt(WINWD, NS, 1))).toBe(LONGEST);
      expect(windowOf(memory, owner)).toBe(Math.floor((LONGEST * 1_000_000) / 256));
    }
    expect(controls.implementedBits(settingAt(WINWD, NS, 1))).toBe(0xfffff);
  });

  it.each(['fixed', 'decaying'] as const)('has all of its 24 bits where the window is %s', (window) => {
    const memory = memoryOf({ window });
    const controls = memory.mscControls(0);
    const owner = memory.owner(labelOf(1), 0);
    controls.write(settingAt(WINWD, NS, 1), 0xffffffff);
    expect(controls.read(settingAt(WINWD, NS, 1))).toBe(0xffffff);
    expect(windowOf(memory, owner)).toBe(Math.floor((0xffffff * 1_000_000) / 256));
  });

  it('is no longer than that after a reset to UNKNOWN values, either', () => {
    const memory = memoryOf({ features: { reset: 'poison' } });
    const controls = memory.mscControls(0);
    const windows = Array.from({ length: 255 }, (_, n) => controls.read(settingAt(WINWD, NS, n + 1)));
    expect(Math.max(...windows)).toBe(LONGEST); // of random 24-bit values most are longer
    expect(Math.min(...windows)).toBeLessThan(LONGEST);
  });
});

describe('MBW_PBM', () => {
  it('of 4096 portions follows what software writes, word by word', () => {
    const memory = memoryOf({ resource: { bandwidth: { ...ALL_BANDWIDTH, bwpbmWd: 4096, hasMin: false } } });
    const controls = memory.mscControls(0);
    const slots = memory.channels!.slots(0);
    const owner = memory.owner(labelOf(1), 0);
    const open = slots.slotOf(owner);
    controls.write(settingAt(PBM, NS, 1, 77), 0xffff0000);
    expect(slots.portionShareOf(slots.slotOf(owner))).toBe(4080 / 4096);
    for (let word = 0; word < 128; word++) controls.write(settingAt(PBM, NS, 1, word), 0);
    expect(slots.isNone(slots.slotOf(owner))).toBe(true);
    controls.write(settingAt(PBM, NS, 1, 127), 0x80000000);
    expect(slots.portionShareOf(slots.slotOf(owner))).toBe(1 / 4096);
    for (let word = 0; word < 128; word++) controls.write(settingAt(PBM, NS, 1, word), 0xffffffff);
    expect(slots.slotOf(owner)).toBe(open);
  });
});

describe('a disabled PARTID', () => {
  it.each([
    ['with controls', {}],
    ['with monitors only', { bandwidth: undefined, priority: undefined }],
  ])('is served when nobody else waits, in a channel %s (A 3.8)', (_, resource) => {
    const memory = memoryOf({ resource });
    const controls = memory.mscControls(0);
    const slots = memory.channels!.slots(0);
    const [one, two] = [memory.owner(labelOf(1), 0), memory.owner(labelOf(2), 0)];
    controls.write(settingAt(DIS, NS, 0), 1);
    expect([one, two].map((owner) => slots.isNone(slots.slotOf(owner)))).toEqual([true, false]);
    controls.write(settingAt(EN, NS, 0), 1);
    expect([one, two].map((owner) => slots.isNone(slots.slotOf(owner)))).toEqual([false, false]);
  });
});
