/** Silicon quirks that the front has: T241-MPAM-1 and -4, and by what registers drivers know them (K section 4). */
import { describe, expect, it } from 'vitest';
import { limitsOnT241, quirkIidr } from '../../../src/memory/quirks.ts';
import { settingAt } from '../../../src/memory/settings/setting-place.ts';
import { AT, type FrontFixture, frontOf, NS, S } from './front-fixture.ts';

const SHADOW = (slice: number, partid: number): number => 0x360048 + slice * 0x10000 + partid * 8;
const SPARES = [0x1b0000, 0x1c0000] as const;
const MBW_MAX = 10;
const MBW_MIN = 9;

const t241 = () => frontOf({ front: { quirks: ['T241-MPAM-1'] } });

/** Linux' work-around: read until all 12 agree, at most 1000 times, then write both spares. @returns passes. */
function workAround({ front }: FrontFixture, partid: number): number {
  let pass = 1;
  for (; pass <= 1000; pass++) {
    const first = front.read64(NS, SHADOW(0, partid));
    let slice = 1;
    for (; slice < 12; slice++) {
      const { lo, hi } = front.read64(NS, SHADOW(slice, partid));
      if (lo !== first.lo || hi !== first.hi) break;
    }
    if (slice === 12) break;
  }
  for (const spare of SPARES) front.write64(NS, spare, 0, 0);
  return pass;
}

function program({ front }: FrontFixture, partid: number, min: number, max: number): void {
  front.write32(NS, AT.PART_SEL, partid);
  front.write32(NS, AT.MBW_MIN, min);
  front.write32(NS, AT.MBW_MAX, max);
}

describe('T241-MPAM-1', () => {
  it('MBW_MIN and MBW_MAX do not take effect, however long one waits', () => {
    const fixture = t241();
    program(fixture, 5, 0x1000, 0x8000);
    fixture.front.sync();
    expect(fixture.controls.read(settingAt(MBW_MAX, NS, 5))).toBe(0xfe00);
    expect(fixture.front.read32(NS, AT.MBW_MAX)).toBe(0xfe00);
    expect(fixture.changes().map(({ register }) => register)).toEqual([8]);
  });

  it('the spare registers alone do not help, nor before the shadows were read', () => {
    const fixture = t241();
    program(fixture, 5, 0x1000, 0x8000);
    for (const spare of SPARES) fixture.front.write64(NS, spare, 0, 0);
    for (let slice = 0; slice < 12; slice++) {
      for (let read = 0; read < 4; read++) fixture.front.read64(NS, SHADOW(slice, 5));
    }
    expect(fixture.controls.read(settingAt(MBW_MAX, NS, 5))).toBe(0xfe00);
    fixture.front.write64(NS, SPARES[1], 0, 0);
    expect(fixture.controls.read(settingAt(MBW_MAX, NS, 5))).toBe(0xfe00);
    fixture.front.write64(NS, SPARES[0], 0, 0);
    expect(fixture.controls.read(settingAt(MBW_MAX, NS, 5))).toBe(0x8000);
  });

  it('the work-around of Linux does, for every PARTID, in few passes', () => {
    const fixture = t241();
    for (let partid = 0; partid <= 46; partid++) {
      program(fixture, partid, 0x0200 * (partid + 1), 0x8000);
      expect(workAround(fixture, partid)).toBeLessThanOrEqual(34);
      expect(fixture.controls.read(settingAt(MBW_MIN, NS, partid))).toBe(0x0200 * (partid + 1));
      expect(fixture.controls.read(settingAt(MBW_MAX, NS, partid))).toBe(0x8000);
    }
  });

  it('shadows show the old values for some reads, and slices differ in how many', () => {
    const fixture = t241();
    program(fixture, 7, 0x1000, 0x80004000);
    const stale = Array.from({ length: 12 }, (_, slice) => {
      let reads = 0;
      while (fixture.front.read64(NS, SHADOW(slice, 7)).lo !== 0x80004000) reads++;
      return reads;
    });
    expect(stale[0]).toBe(0);
    expect(Math.max(...stale)).toBeGreaterThan(0);
    expect(Math.max(...stale)).toBeLessThanOrEqual(3);
    expect(fixture.front.read64(NS, SHADOW(3, 7))).toEqual({ lo: 0x80004000, hi: 0x1000 });
    expect(fixture.front.read32(NS, SHADOW(3, 7) + 4)).toBe(0x1000);
  });

  it('how long shadows show the old values is up to the seed', () => {
    const staleReads = (seed: number) => {
      const fixture = frontOf({ front: { quirks: ['T241-MPAM-1'] }, seed });
      program(fixture, 7, 0x1000, 0x4000);
      return Array.from({ length: 12 }, (_, slice) => {
        for (let reads = 0; ; reads++) if (fixture.front.read64(NS, SHADOW(slice, 7)).lo === 0x4000) return reads;
      });
    };
    expect(staleReads(1)).toEqual(staleReads(1));
    expect(staleReads(1)).not.toEqual(staleReads(2));
  });

  it('a new write starts it all again', () => {
    const fixture = t241();
    program(fixture, 7, 0x1000, 0x4000);
    for (let read = 0; read < 4; read++) {
      for (let slice = 0; slice < 12; slice++) fixture.front.read64(NS, SHADOW(slice, 7));
    }
    program(fixture, 7, 0x1000, 0x6000);
    for (const spare of SPARES) fixture.front.write64(NS, spare, 0, 0);
    expect(fixture.controls.read(settingAt(MBW_MAX, NS, 7))).toBe(0xfe00);
    workAround(fixture, 7);
    expect(fixture.controls.read(settingAt(MBW_MAX, NS, 7))).toBe(0x6000);
  });

  it('is of bandwidth limits only, and of one PARTID space at a time', () => {
    const fixture = t241();
    fixture.front.write32(NS, AT.CPBM, 0x3);
    expect(fixture.controls.read(settingAt(7, NS, 0))).toBe(0x3);
    fixture.front.write32(S, AT.MBW_MAX, 0x4000);
    workAround(fixture, 0);
    expect(fixture.controls.read(settingAt(MBW_MAX, S, 0))).toBe(0xfe00);
  });

  it('without the quirk nothing is at these offsets', () => {
    const fixture = frontOf();
    program(fixture, 5, 0x1000, 0x8000);
    expect(fixture.controls.read(settingAt(MBW_MAX, NS, 5))).toBe(0x8000);
    expect(fixture.front.read64(NS, SHADOW(0, 5))).toEqual({ lo: 0, hi: 0 });
  });
});

describe('T241-MPAM-4', () => {
  const limits = {
    minimum: 0,
    maximum: 65536,
    isHard: false,
    stride: 0,
    priority: undefined,
    downstreamPriority: undefined,
    windowPs: 1,
  };

  it('a minimum of 0 leaves the partition at the smallest maximum, as a hard limit', () => {
    expect(limitsOnT241(limits, 7)).toEqual({ ...limits, maximum: 512, isHard: true });
    expect(limitsOnT241(limits, 16)).toEqual({ ...limits, maximum: 1, isHard: true });
  });

  it('the work-around, a minimum of at least one step, leaves it at its maximum', () => {
    expect(limitsOnT241({ ...limits, minimum: 512 }, 7)).toEqual({ ...limits, minimum: 512 });
  });
});

describe('MPAMF_IIDR', () => {
  it.each([
    [[], undefined],
    [['T241-MPAM-6'], 0x2410036b],
    [['T241-MPAM-1', 'T241-MPAM-4'], 0x2410036b],
    [['CMN-650-3642720'], 0x0000043b],
  ] as const)('of a part with %j is the one that drivers look for', (quirks, expected) => {
    expect(quirkIidr(quirks)).toBe(expected);
  });
});
