/** What the settings of a partition come to in a memory channel (A 2.4, 2.8, 3.1, 3.6 to 3.9, 3.11; docs/bandwidth.md). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { PLAIN_FRONT } from '../../src/memory/implied-mscs.ts';
import type { ResourceConfig } from '../../src/memory/msc-config.ts';
import type { BandwidthLimits } from '../../src/memory/settings/bandwidth-slots.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { labelOf, NON_SECURE, SECURE } from './controls-fixture.ts';
import {
  ALL_BANDWIDTH,
  channelResource,
  MSC_FEATURES,
  type MscFixture,
  mscControlsOf,
  mscOf,
  type RecordingBandwidthSlots,
} from './msc-fixture.ts';

const {
  MPAMCFG_MBW_MIN: MIN,
  MPAMCFG_MBW_MAX: MAX,
  MPAMCFG_MBW_WINWD: WINWD,
  MPAMCFG_MBW_PROP: PROP,
  MPAMCFG_MBW_PBM: PBM,
  MPAMCFG_PRI: PRI,
  MPAMCFG_EN: EN,
  MPAMCFG_DIS: DIS,
  MPAMCFG_INTPARTID: INTPARTID,
  MPAMCFG_CPBM: CPBM,
} = MscRegister;
const NS = NON_SECURE;
const HARDLIM = 0x80000000;

interface ChannelFixture extends MscFixture {
  readonly slots: RecordingBandwidthSlots;
}

function channelOf(overrides: Partial<ResourceConfig> = {}, ...msc: Parameters<typeof mscOf>[1][]): ChannelFixture {
  const fixture = mscControlsOf(mscOf([channelResource(overrides)], msc[0]));
  return { ...fixture, slots: fixture.channels.get(0)! };
}

/** Nothing of a partition is regulated: INTPRI is the highest of 4 bits, DSPRI the highest of 3 bits. */
const OPEN: BandwidthLimits = {
  minimum: 0,
  maximum: 0x10000,
  isHard: false,
  stride: 0,
  priority: 15,
  downstreamPriority: 7,
  windowPs: 10_000_000,
};
/** Reset: everything is allowed, and MIN is as high as it gets. */
const RESET: BandwidthLimits = { ...OPEN, minimum: 0xff00 };

describe('a channel after reset', () => {
  it('has the settings of A 2.8 for every PARTID', () => {
    const { controls } = channelOf();
    for (const partid of [0, 1, 255]) {
      const registers = [MIN, MAX, PROP, WINWD, PRI].map((register) => controls.read(settingAt(register, NS, partid)));
      // INTPRI 0 is the lowest: 15. DSPRI 0 is the highest.
      expect(registers).toEqual([0xff00, 0xff00, 0, 2560, 0x0000000f]);
      expect([0, 1, 2].map((word) => controls.read(settingAt(PBM, NS, partid, word)))).toEqual([0xffffffff, 0xff, 0]);
    }
  });

  it('prefers every partition: MIN is at its highest', () => {
    const { controls, slots } = channelOf();
    controls.adopt(3, labelOf(1));
    controls.adopt(4, labelOf(2));
    expect([slots.of(3), slots.of(4)]).toEqual(new Array(2).fill({ limits: RESET, portions: undefined }));
    expect(slots.slotOfOwner.get(3)).not.toBe(slots.slotOfOwner.get(4));
  });

  it('regulates nobody where there is no MIN: all share one slot', () => {
    const { controls, slots } = channelOf({ bandwidth: { ...ALL_BANDWIDTH, hasMin: false } });
    for (let partid = 0; partid < 256; partid++) controls.adopt(3 + partid, labelOf(partid));
    expect(new Set(slots.slotOfOwner.values()).size).toBe(1);
    expect(slots.of(3)).toEqual({ limits: OPEN, portions: undefined });
  });

  it('without controls puts everybody into one slot, and the disabled into another', () => {
    const { controls, slots } = channelOf({ bandwidth: undefined, priority: undefined });
    controls.write(settingAt(DIS, NS, 0), 2);
    for (const partid of [1, 2, 3]) controls.adopt(partid, labelOf(partid));
    expect([...slots.slotOfOwner.values()]).toEqual([1, 0, 1]);
    expect(slots.of(1).limits).toMatchObject({ minimum: 0, maximum: 0x10000, stride: 0, priority: undefined });
  });
});

describe('settings of a channel', () => {
  /** Fractions of 8 bits: MIN at the bottom of its band, MAX at the top (A 3.1). */
  it.each([
    ['MIN 25 %', MIN, 0x4000, { minimum: 0x4000 }],
    ['MIN has no bits below its width', MIN, 0x40ff, { minimum: 0x4000 }],
    ['MAX 50 %', MAX, 0x7f00, { maximum: 0x8000 }],
    ['the smallest MAX', MAX, 0x0000, { maximum: 0x0100 }],
    ['a hard MAX', MAX, HARDLIM + 0x7f00, { maximum: 0x8000, isHard: true }],
    ['a hard MAX of 100 %, which does not limit', MAX, HARDLIM + 0xff00, {}],
    ['a stride of 1', PROP, 0x80000000, { stride: 1 }],
    ['a stride of 256, the largest of 8 bits', PROP, 0x8000ffff, { stride: 256 }],
    ['a stride that is not enabled', PROP, 0x000000ff, {}],
    ['INTPRI 0, the lowest of 16', PRI, 0x00000000, { priority: 0 }],
    ['DSPRI 7, the lowest of 8', PRI, 0x0007000f, { downstreamPriority: 0 }],
    ['PRI has no bits above its widths', PRI, 0xfff9fff5, { priority: 5, downstreamPriority: 6 }],
    ['a window of 1 us', WINWD, 256, { windowPs: 1_000_000 }],
    ['a window of 1/256 us, rounded down', WINWD, 1, { windowPs: 3906 }],
    ['a window of 0, which is at least 1 ps', WINWD, 0, { windowPs: 1 }],
  ] as const)('%s', (_, register, value, expected) => {
    const { controls, slots } = channelOf();
    controls.adopt(3, labelOf(1));
    controls.write(settingAt(register, NS, 1), value);
    expect(slots.of(3).limits).toEqual({ ...RESET, ...expected });
  });

  it('make a map of portions', () => {
    const { controls, slots } = channelOf();
    controls.adopt(3, labelOf(1));
    controls.write(settingAt(PBM, NS, 1, 1), 0xffffff0f);
    expect(slots.of(3).portions).toEqual([0xffffffff, 0x0f]);
    controls.write(settingAt(PBM, NS, 1), 0);
    controls.write(settingAt(PBM, NS, 1, 1), 0);
    expect(slots.of(3).portions).toEqual([0, 0]);
  });

  it('of one space leave the same PARTID of the others alone', () => {
    const { controls, slots } = channelOf();
    controls.write(settingAt(MAX, SECURE, 1), 0x7f00);
    controls.adopt(3, labelOf(1));
    expect(slots.of(3).limits).toEqual(RESET);
  });

  it('that are read-only stay: MBW_WINWD without WINDWR', () => {
    const { controls, changes } = channelOf({ bandwidth: { ...ALL_BANDWIDTH, windwr: false } });
    controls.write(settingAt(WINWD, NS, 1), 256);
    expect([controls.read(settingAt(WINWD, NS, 1)), changes.length, controls.ignoredWrites]).toEqual([2560, 0, 1]);
    expect(controls.implementedBits(settingAt(WINWD, NS, 1))).toBe(0xffffff); // it can be read
  });

  it.each([
    ['RW where both limits exist', 'both', HARDLIM + 0xff00, 0xff00],
    ['RAZ/WI where limits are soft', 'soft', 0xff00, 0xff00],
    ['RAO/WI where limits are hard', 'hard', HARDLIM + 0xff00, HARDLIM + 0xff00],
  ] as const)('HARDLIM is %s', (_, maxLimit, allOnes, reset) => {
    const { controls } = channelOf({ bandwidth: { ...ALL_BANDWIDTH, maxLimit } });
    expect(controls.read(settingAt(MAX, NS, 1))).toBe(reset);
    controls.write(settingAt(MAX, NS, 1), 0xffffffff);
    expect(controls.read(settingAt(MAX, NS, 1))).toBe(allOnes);
    controls.write(settingAt(MAX, NS, 1), 0);
    expect(controls.read(settingAt(MAX, NS, 1))).toBe(maxLimit === 'hard' ? HARDLIM : 0);
  });

  it('that the resource does not have read 0 and ignore writes', () => {
    const bandwidth = { ...ALL_BANDWIDTH, hasMin: false, hasMax: false, hasProp: false, bwpbmWd: 0 };
    const { controls, changes } = channelOf({ bandwidth, priority: undefined });
    for (const register of [MIN, MAX, PROP, PBM, PRI, CPBM]) {
      controls.write(settingAt(register, NS, 1), 0xffffffff);
      expect([controls.read(settingAt(register, NS, 1)), controls.implementedBits(settingAt(register, 0, 1))]).toEqual([
        0, 0,
      ]);
    }
    expect([changes.length, controls.ignoredWrites]).toEqual([0, 6]);
  });

  it('are changes with their RIS', () => {
    const { controls, changes } = channelOf();
    controls.write(settingAt(MIN, NS, 1), 0);
    expect(changes).toEqual([
      { register: MIN, space: NS, ris: 0, partid: 1, word: 0, internal: false, oldValue: 0xff00, newValue: 0 },
    ]);
  });
});

describe('partitions that nothing regulates', () => {
  const unregulated = (controls: MscFixture['controls'], partid: number): void =>
    controls.write(settingAt(MIN, NS, partid), 0);

  it('share one slot, into which those return whose limits are lifted', () => {
    const { controls, slots } = channelOf();
    for (const partid of [1, 2]) {
      controls.adopt(partid, labelOf(partid));
      unregulated(controls, partid);
    }
    const open = slots.slotOfOwner.get(1);
    expect([slots.slotOfOwner.get(2), slots.of(1).limits]).toEqual([open, OPEN]);
    controls.write(settingAt(MAX, NS, 1), 0x7f00);
    const own = slots.slotOfOwner.get(1)!;
    expect([own === open, slots.of(1).limits?.maximum]).toEqual([false, 0x8000]);
    controls.write(settingAt(MAX, NS, 1), 0xff00);
    expect(slots.slotOfOwner.get(1)).toBe(open);
    expect(slots.slots[own]!.limits).toEqual(OPEN); // requests may wait there still
    controls.write(settingAt(MAX, NS, 1), 0x3f00);
    expect([slots.slotOfOwner.get(1), slots.of(1).limits?.maximum]).toEqual([own, 0x4000]);
  });

  it('are those whose priorities are as after reset', () => {
    const { controls, slots } = channelOf();
    for (const partid of [1, 2]) {
      controls.adopt(partid, labelOf(partid));
      unregulated(controls, partid);
    }
    for (const other of [0x00000000, 0x0001000f]) {
      controls.write(settingAt(PRI, NS, 2), other); // INTPRI, and DSPRI alone
      expect(slots.slotOfOwner.get(1)).not.toBe(slots.slotOfOwner.get(2));
    }
    controls.write(settingAt(PRI, NS, 2), 0x0000000f);
    expect(slots.slotOfOwner.get(1)).toBe(slots.slotOfOwner.get(2));
  });
});

describe('disabled and narrowed PARTIDs in a channel', () => {
  it('disabled ones are all in one slot, and come back with their settings', () => {
    const { controls, slots } = channelOf();
    for (const partid of [1, 2]) controls.adopt(partid, labelOf(partid));
    controls.write(settingAt(MAX, NS, 1), 0x7f00);
    controls.write(settingAt(DIS, NS, 0), 1);
    controls.write(settingAt(DIS, NS, 0), 2);
    expect([...slots.slotOfOwner.values()]).toEqual([0, 0]);
    expect([controls.isEnabled(NS, 1), controls.isEnabled(SECURE, 1)]).toEqual([false, true]);
    controls.write(settingAt(EN, NS, 0), 1);
    expect(slots.of(1).limits?.maximum).toBe(0x8000);
    expect(controls.isEnabled(NS, 1)).toBe(true);
  });

  it('narrowed ones share the account of their internal PARTID, and are disabled one by one', () => {
    const { controls, slots, changes } = channelOf(
      {},
      { features: { ...MSC_FEATURES, hasNfu: false, intpartidMax: 31 } },
    );
    for (const partid of [100, 200]) {
      controls.adopt(partid, labelOf(partid));
      controls.write(settingAt(INTPARTID, NS, partid), 0x10007);
    }
    controls.write(settingAt(MAX, NS, 7), 0x7f00);
    expect(slots.slotOfOwner.get(100)).toBe(slots.slotOfOwner.get(200));
    expect(slots.of(100).limits?.maximum).toBe(0x8000);
    expect(changes.at(-1)).toMatchObject({ register: MAX, partid: 7, internal: true });
    expect(controls.controlPartid(NS, 200)).toBe(7);
    controls.write(settingAt(DIS, NS, 0), 100);
    expect([slots.slotOfOwner.get(100) === 0, slots.slotOfOwner.get(200) === 0]).toEqual([true, false]);
  });
});

describe('a channel of T241 (T241-MPAM-4)', () => {
  const T241 = { front: { ...PLAIN_FRONT, quirks: ['T241-MPAM-4'] } } as const;

  it('throttles a partition whose MIN is 0, until MIN is one step', () => {
    const { controls, slots } = channelOf({}, T241);
    controls.adopt(3, labelOf(1));
    controls.write(settingAt(MIN, NS, 1), 0);
    expect(slots.of(3).limits).toMatchObject({ minimum: 0, maximum: 0x0100, isHard: true });
    controls.write(settingAt(MIN, NS, 1), 0x0100);
    expect(slots.of(3).limits).toMatchObject({ minimum: 0x0100, maximum: 0x10000, isHard: false });
  });

  it('does nothing of the kind where there is no MIN', () => {
    const { controls, slots } = channelOf({ bandwidth: { ...ALL_BANDWIDTH, hasMin: false } }, T241);
    controls.adopt(3, labelOf(1));
    expect(slots.of(3).limits).toEqual(OPEN);
  });
});

describe('whatever is written, in whatever order', () => {
  /** What a partition is, told apart from the others by its settings alone. */
  interface Judged {
    min: number;
    max: number;
    hard: boolean;
    stride: number;
    enabled: boolean;
    portions: number;
  }
  const write = fc.record({
    partid: fc.nat(3),
    field: fc.constantFrom('min', 'max', 'hard', 'stride', 'enabled', 'portions', 'adopt'),
    value: fc.nat(3),
  });

  it('every partition ends under its last settings, and shares a slot only with those that nothing regulates', () => {
    const property = fc.property(fc.array(write, { maxLength: 60 }), (writes) => {
      const { controls, slots } = channelOf({ bandwidth: { ...ALL_BANDWIDTH, bwpbmWd: 4 } });
      const judged: Judged[] = Array.from({ length: 4 }, () => {
        return { min: 0xff00, max: 0xff00, hard: false, stride: 0, enabled: true, portions: 15 };
      });
      for (const { partid, field, value } of writes) {
        const one = judged[partid]!;
        if (field === 'adopt') controls.adopt(10 + partid, labelOf(partid));
        else if (field === 'enabled') {
          one.enabled = value > 1;
          controls.write(settingAt(one.enabled ? EN : DIS, NS, 0), partid);
        } else {
          const fraction = [0, 0x3f00, 0x7f00, 0xff00][value]!;
          if (field === 'min') one.min = fraction;
          if (field === 'max') one.max = fraction;
          if (field === 'hard') one.hard = value > 1;
          if (field === 'stride') one.stride = value;
          if (field === 'portions') one.portions = [0, 5, 15, 15][value]!;
          controls.write(settingAt(MIN, NS, partid), one.min);
          controls.write(settingAt(MAX, NS, partid), one.max + (one.hard ? HARDLIM : 0));
          controls.write(settingAt(PROP, NS, partid), one.stride === 0 ? 0 : HARDLIM + one.stride - 1);
          controls.write(settingAt(PBM, NS, partid), one.portions);
        }
      }
      for (let partid = 0; partid < 4; partid++) controls.adopt(10 + partid, labelOf(partid));
      const isOpen = ({ min, max, stride, portions }: Judged): boolean =>
        min === 0 && max === 0xff00 && stride === 0 && portions === 15;
      for (const [partid, one] of judged.entries()) {
        const slot = slots.slotOfOwner.get(10 + partid)!;
        expect(slot === 0).toBe(!one.enabled);
        if (!one.enabled) continue;
        const maximum = one.max + 0x100;
        const isHard = one.hard && maximum < 0x10000;
        expect(slots.of(10 + partid).limits).toMatchObject({ minimum: one.min, maximum, isHard, stride: one.stride });
        expect(slots.of(10 + partid).portions ?? [15]).toEqual([one.portions]);
        for (const [other, them] of judged.entries()) {
          if (other === partid || !them.enabled) continue;
          expect(slots.slotOfOwner.get(10 + other) === slot).toBe(isOpen(one) && isOpen(them));
        }
      }
    });
    fc.assert(property, { seed: 36, numRuns: 300 });
  });
});
