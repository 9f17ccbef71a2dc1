/** The sequences of Linux' MPAM driver work against the registers (K 5.3, 5.7, 5.8). */
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../../src/arch/msc-registers.ts';
import { settingAt } from '../../../src/memory/settings/setting-place.ts';
import { AT, frontOf, INTERNAL, NS } from './front-fixture.ts';
import { LinuxDriver } from './linux-driver.ts';

describe('programming a PARTID', () => {
  it('reaches every control of the resource, in the order of the driver', () => {
    const { front, controls, changes, errors } = frontOf();
    const driver = new LinuxDriver(front, NS);
    expect(driver.risWithPortions()).toEqual([0]);
    const before = changes().length;
    driver.reprogram(0, 5, { cpbm: 0x0f, mbwMax: 0x7e00 });
    const { MPAMCFG_PART_SEL, MPAMCFG_CPBM, MPAMCFG_MBW_MIN, MPAMCFG_MBW_MAX } = MscRegister;
    expect(
      changes()
        .slice(before)
        .map(({ register, word, newValue }) => [register, word, newValue]),
    ).toEqual([
      [MPAMCFG_PART_SEL, 0, 5],
      [MPAMCFG_CPBM, 0, 0x0f],
      [MPAMCFG_CPBM, 1, 0],
      [MPAMCFG_MBW_MIN, 0, 0],
      [MPAMCFG_MBW_MAX, 0, 0x7e00],
    ]);
    expect(controls.unchangedWrites).toBe(7); // PBM twice, PROP, CMAX, CMIN, CASSOC, PRI
    expect(controls.ignoredWrites).toBe(0);
    expect(errors()).toEqual([]);
  });

  it('writes only what a resource has, so that nothing errs', () => {
    const { front, controls, errors } = frontOf();
    new LinuxDriver(front, NS).reprogram(2, 46, { mbwMax: 0x3fff });
    expect(controls.read(settingAt(MscRegister.MPAMCFG_MBW_MAX, NS, 46, 0, 2))).toBe(0x3fff);
    expect(controls.ignoredWrites).toBe(0);
    expect(errors()).toEqual([]);
  });

  it('maps PARTIDs to the same internal ones where they are narrowed', () => {
    const { front, controls, errors } = frontOf({ features: { intpartidMax: 15, hasNfu: false } });
    const driver = new LinuxDriver(front, NS);
    for (let partid = 0; partid <= 15; partid++) driver.reprogram(0, partid, { cpbm: 1 << partid });
    for (let partid = 0; partid <= 15; partid++) {
      expect(controls.controlPartid(NS, partid)).toBe(partid);
      expect(controls.read(settingAt(MscRegister.MPAMCFG_CPBM, NS, partid))).toBe(1 << partid);
    }
    expect(front.read32(NS, AT.PART_SEL)).toBe(INTERNAL | 15);
    expect(errors()).toEqual([]);
  });

  it('resets every PARTID of a four-space MSC in each page alone', () => {
    const { front, controls } = frontOf({ front: { spaces: 4 } });
    const driver = new LinuxDriver(front, 3);
    for (let partid = 0; partid <= 46; partid++) driver.reprogram(0, partid, {});
    expect(controls.read(settingAt(MscRegister.MPAMCFG_MBW_MIN, 3, 46))).toBe(0);
    expect(controls.read(settingAt(MscRegister.MPAMCFG_MBW_MIN, 1, 46))).toBe(0xfe00);
  });
});

describe('reading a monitor', () => {
  it('starts it anew for another filter, and lets it run for the same', () => {
    const { front, count } = frontOf();
    const driver = new LinuxDriver(front, NS);
    count(6400);
    expect(driver.readMbwu(0, 3, 1, 0)).toBe(0);
    count(640);
    expect(driver.readMbwu(0, 3, 1, 0)).toBe(640);
    count(64);
    expect(driver.readMbwu(0, 3, 1, 0)).toBe(704);
    expect(driver.readMbwu(0, 3, 2, 0)).toBe(0);
    count(64);
    expect(driver.readMbwu(0, 3, 2, 0)).toBe(0); // what passes is PARTID 1's
    expect(driver.readMbwu(0, 3, 1, 1)).toBe(0);
  });

  it('reads the long counter in halves', () => {
    const { front, count } = frontOf();
    const driver = new LinuxDriver(front, NS);
    driver.readMbwu(0, 0, 1, 0);
    front.write64(NS, AT.MBWU_L, 0xffffffff, 0x12);
    count(64);
    expect(driver.readMbwuLong()).toBe(0x12 * 2 ** 32 + 0xffffffff + 64);
  });
});

describe('the error interrupt', () => {
  it('is handled, cleared and turned off', () => {
    const { front } = frontOf();
    const driver = new LinuxDriver(front, NS);
    front.write32(NS, AT.ECR, 1);
    expect(driver.handleError()).toBeUndefined();
    front.write32(NS, AT.PART_SEL, 0x02000000 | 99);
    front.write32(NS, AT.MBW_MAX, 0);
    expect(front.interruptLevel('error', NS)).toBe(true);
    expect(driver.handleError()).toEqual({ code: 1, partid: 99, pmg: 0, ris: 2 });
    expect(front.interruptLevel('error', NS)).toBe(false);
    expect(front.read64(NS, AT.ESR)).toEqual({ lo: 0, hi: 0 });
    front.write32(NS, AT.MBW_MAX, 0);
    expect(front.interruptLevel('error', NS)).toBe(false);
    expect(driver.handleError()?.code).toBe(1);
  });
});
