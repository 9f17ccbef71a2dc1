/** What the allocation controls of MPAM do to lines that are there and to lines that come (A 2.6, 2.8, 3.3 to 3.9, 3.12). */
import { describe, expect, it } from 'vitest';
import { packLabel } from '../../src/arch/label.ts';
import { CMAX_SOFTLIM, DIS_NFU, INTPARTID_INTERNAL } from '../../src/arch/msc/fields.ts';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { HISTORY_REFUSED, KIND_READ, STEP_MEMORY } from '../../src/loop/assembly/layout.ts';
import { EVERYTHING, LINES, PartitionedCache, SETS } from './partitioned-cache.ts';

const HIT = 0;
/** CMAX fields of width 8: raw = field >> 8, the maximum is (raw + 1) / 256. */
const QUARTER = 0x3f00;
const HALF = 0x7f00;

const all = (count: number, step: number): number[] => Array.from({ length: count }, () => step);

describe('a portion map', () => {
  it('that shrinks leaves stranded lines, which still hit and still count until somebody else evicts them', () => {
    const cache = new PartitionedCache();
    cache.read(1, 0, LINES);
    cache.write(MscRegister.MPAMCFG_CPBM, 1, 0x03);
    expect(cache.occupancy(1)).toBe(LINES);
    expect(cache.read(1, 0, LINES)).toEqual(all(LINES, HIT));
    // New lines go to ways 0 and 1 only, over the two oldest of its own there.
    expect(cache.read(1, LINES, 2 * LINES)).toEqual(all(LINES, STEP_MEMORY));
    expect(cache.waysOf(1, 2 * LINES - 8, 2 * LINES)).toEqual(new Set([0, 1]));
    expect(cache.occupancy(1)).toBe(LINES);
    // The six stranded ways drain by evictions of others.
    cache.write(MscRegister.MPAMCFG_CPBM, 2, 0xfc);
    cache.read(2, 0, LINES);
    expect(cache.occupancy(1)).toBe(2 * SETS);
    expect(cache.flow(2, 1)).toBe(6 * SETS);
  });

  it('restricts allocation only: a line hits for a tenant that may not allocate its portion', () => {
    const cache = new PartitionedCache();
    cache.write(MscRegister.MPAMCFG_CPBM, 2, 0x0f);
    cache.write(MscRegister.MPAMCFG_CPBM, 1, 0xf0);
    cache.read(1, 0, 4);
    const line = cache.line(1, 0);
    expect(cache.system.access(0, line, KIND_READ, cache.owner(2))).toBe(HIT);
    expect(cache.system.find(0, line)).toMatchObject({ owner: cache.owner(1), way: 4 });
  });

  it('of zeros bypasses the cache, and says so to the next miss on the line', () => {
    const cache = new PartitionedCache();
    cache.write(MscRegister.MPAMCFG_CPBM, 1, 0);
    expect(cache.read(1, 0, 4)).toEqual(all(4, STEP_MEMORY));
    expect(cache.read(1, 0, 4)).toEqual(all(4, STEP_MEMORY));
    expect(cache.system.counters(0, cache.owner(1))).toMatchObject({
      refused: 8,
      fills: 0,
      occupancy: 0,
      readMisses: 8,
    });
    expect(cache.system.missesBecauseOf(0, cache.owner(1), HISTORY_REFUSED)).toBe(4);
    expect(cache.system.memoryCounters(cache.owner(1)).reads).toBe(8);
  });

  it('is chosen by PARTID and never by PMG', () => {
    const cache = new PartitionedCache();
    cache.write(MscRegister.MPAMCFG_CPBM, 1, 0x80);
    cache.read(1, 0, 8, 1);
    expect(cache.waysOf(1, 4, 8)).toEqual(new Set([7]));
    expect(cache.system.occupancy(0, cache.owner(1, 1))).toBe(4);
  });
});

describe('CMAX', () => {
  it('stops growth at the limit, and then takes only own lines, even with free ones beside them', () => {
    const cache = new PartitionedCache();
    cache.write(MscRegister.MPAMCFG_CMAX, 1, QUARTER);
    cache.read(1, 0, 3 * LINES);
    expect(cache.occupancy(1)).toBe(LINES / 4);
    expect(cache.flow(1, 1)).toBeGreaterThan(0);
    expect(cache.system.counters(0, cache.owner(1)).fillsIntoInvalid).toBe(LINES / 4);
  });

  it('refuses a line whose set holds none of its own', () => {
    const cache = new PartitionedCache();
    cache.write(MscRegister.MPAMCFG_CMAX, 1, QUARTER);
    const inSetZero = Array.from({ length: 9 }, (_, i) => SETS * i);
    for (const n of inSetZero.slice(0, 8)) cache.read(1, n, n + 1);
    expect(cache.occupancy(1)).toBe(8);
    cache.read(1, 1, 2);
    expect(cache.system.counters(0, cache.owner(1))).toMatchObject({ refused: 1, occupancy: 8 });
  });

  it('lowered below the occupancy stops growth at once and reclaims nothing', () => {
    const cache = new PartitionedCache();
    cache.read(1, 0, LINES - 8);
    cache.write(MscRegister.MPAMCFG_CMAX, 1, QUARTER);
    expect(cache.occupancy(1)).toBe(LINES - 8);
    expect(cache.read(1, 0, LINES - 8)).toEqual(all(LINES - 8, HIT));
    cache.read(1, LINES, 4 * LINES);
    expect(cache.occupancy(1)).toBe(LINES - 8);
  });

  it('exceeded makes its lines the first to go, and keeps them from evicting others', () => {
    const cache = new PartitionedCache({ ...EVERYTHING, victimPreference: 'ladder' });
    cache.read(1, 0, LINES / 2);
    cache.read(2, 0, LINES / 2);
    cache.write(MscRegister.MPAMCFG_CMAX, 1, QUARTER);
    // Lines of 1 are as young as can be, and yet go first until only the quarter is left; then the oldest goes.
    cache.read(1, 0, LINES / 2);
    cache.read(3, 0, LINES / 4);
    expect([cache.flow(3, 1), cache.flow(3, 2)]).toEqual([LINES / 4, 0]);
    cache.read(1, LINES, 2 * LINES);
    expect([cache.flow(1, 2), cache.flow(1, 3)]).toEqual([0, 0]);
  });

  it('with SOFTLIM takes beyond the limit only free lines, those of disabled PARTIDs, and its own', () => {
    const cache = new PartitionedCache();
    cache.write(MscRegister.MPAMCFG_CMAX, 1, QUARTER + CMAX_SOFTLIM);
    cache.read(2, 0, LINES / 4);
    cache.read(3, 0, LINES / 4);
    // Half of the cache is free: twice the limit.
    cache.read(1, 0, 4 * LINES);
    expect(cache.occupancy(1)).toBe(LINES / 2);
    expect([cache.flow(1, 2), cache.flow(1, 3)]).toEqual([0, 0]);
    cache.write(MscRegister.MPAMCFG_DIS, 0, 3);
    cache.read(1, 4 * LINES, 8 * LINES);
    expect([cache.occupancy(1), cache.occupancy(2), cache.occupancy(3)]).toEqual([(3 * LINES) / 4, LINES / 4, 0]);
    expect(cache.flow(1, 2)).toBe(0);
  });

  it('is a fraction of the whole cache and not of the portions', () => {
    const cache = new PartitionedCache();
    cache.write(MscRegister.MPAMCFG_CPBM, 1, 0x0f);
    cache.write(MscRegister.MPAMCFG_CMAX, 1, HALF);
    cache.read(1, 0, 2 * LINES);
    expect(cache.occupancy(1)).toBe(LINES / 2);
    cache.write(MscRegister.MPAMCFG_CMAX, 2, QUARTER);
    cache.write(MscRegister.MPAMCFG_CPBM, 2, 0xf0);
    cache.read(2, 0, 2 * LINES);
    expect(cache.occupancy(2)).toBe(LINES / 4);
  });
});

describe('CASSOC', () => {
  it('limits the ways of each set', () => {
    const cache = new PartitionedCache();
    cache.write(MscRegister.MPAMCFG_CASSOC, 1, 0x4000); // (2 + 1) / 8 of 8 ways
    cache.read(1, 0, 2 * LINES);
    expect(cache.occupancy(1)).toBe(3 * SETS);
    expect(cache.waysOf(1, 2 * LINES - 12, 2 * LINES)).toEqual(new Set([0, 1, 2]));
  });
});

describe('CMIN', () => {
  it.each([
    ['protected', 'one line below', LINES / 4 - 1, 0],
    ['ordinary', 'at', LINES / 4, 1],
  ])('makes lines %s %s the minimum', (_what, _where, held, evicted) => {
    const cache = new PartitionedCache();
    cache.write(MscRegister.MPAMCFG_CMIN, 1, 0x4000);
    cache.read(1, 0, held);
    // Over and over: what is taken first brings partition 1 below its minimum, and then the rest is safe.
    cache.read(2, 0, 4 * LINES);
    expect(cache.flow(2, 1)).toBe(evicted);
    expect(cache.occupancy(1)).toBe(LINES / 4 - 1);
  });

  it('reserves nothing: others fill the whole cache before', () => {
    const cache = new PartitionedCache();
    cache.write(MscRegister.MPAMCFG_CMIN, 1, 0x4000);
    cache.read(2, 0, LINES);
    expect(cache.occupancy(2)).toBe(LINES);
    cache.read(1, 0, LINES / 4);
    expect(cache.flow(1, 2)).toBe(LINES / 4);
  });
});

describe('a disabled PARTID', () => {
  it('allocates nothing, still hits, loses its lines first, and has its settings again when enabled', () => {
    const cache = new PartitionedCache({ ...EVERYTHING, victimPreference: 'ladder' });
    cache.write(MscRegister.MPAMCFG_CPBM, 1, 0x0f);
    cache.read(1, 0, LINES / 2);
    cache.read(2, 0, LINES / 2);
    cache.write(MscRegister.MPAMCFG_DIS, 0, 1);
    expect(cache.read(1, 0, LINES / 2)).toEqual(all(LINES / 2, HIT));
    expect(cache.read(1, LINES, LINES + 4)).toEqual(all(4, STEP_MEMORY));
    expect(cache.occupancy(1)).toBe(LINES / 2);
    cache.read(2, LINES, LINES + LINES / 2);
    expect([cache.occupancy(1), cache.occupancy(2)]).toEqual([0, LINES]);
    cache.write(MscRegister.MPAMCFG_EN, 0, 1);
    expect(cache.register(MscRegister.MPAMCFG_CPBM, 1)).toBe(0x0f);
    cache.read(1, 0, LINES);
    expect(cache.occupancy(1)).toBe(LINES / 2);
  });

  it('of no further use has unknown settings afterwards: the same for the same seed', () => {
    const registers = (): number[] => {
      const cache = new PartitionedCache({ ...EVERYTHING, hasNfu: true });
      for (const partid of [1, 2, 3, 4]) cache.write(MscRegister.MPAMCFG_DIS, 0, partid + DIS_NFU);
      return [1, 2, 3, 4, 5].map((partid) => cache.register(MscRegister.MPAMCFG_CPBM, partid));
    };
    const [first, second] = [registers(), registers()];
    expect(first).toEqual(second);
    expect(new Set(first.slice(0, 4)).size).toBeGreaterThan(1);
    expect(first[4]).toBe(0xff);
  });
});

describe('with PARTID narrowing', () => {
  it('PARTIDs mapped to one internal PARTID share its limit, and each can be disabled alone', () => {
    const cache = new PartitionedCache({ ...EVERYTHING, intpartidMax: 3 });
    for (const partid of [1, 2]) cache.write(MscRegister.MPAMCFG_INTPARTID, partid, INTPARTID_INTERNAL + 3);
    cache.write(MscRegister.MPAMCFG_CMAX, 3, HALF);
    cache.read(1, 0, LINES);
    expect(cache.occupancy(1)).toBe(LINES / 2);
    cache.read(2, 0, LINES);
    expect(cache.occupancy(1) + cache.occupancy(2)).toBe(LINES / 2);
    cache.write(MscRegister.MPAMCFG_DIS, 0, 2);
    cache.read(2, LINES, 2 * LINES);
    expect(cache.system.counters(0, cache.owner(2)).refused).toBe(LINES);
    cache.read(1, LINES, 2 * LINES);
    expect(cache.occupancy(1)).toBe(LINES / 2);
  });
});

describe('after reset', () => {
  it('every PARTID may use everything', () => {
    const cache = new PartitionedCache();
    for (const partid of [0, 1, 63]) {
      cache.read(partid, 0, LINES);
      expect(cache.occupancy(partid)).toBe(LINES);
    }
  });

  it('poisoned, only PARTID 0 is known to, and the others hold what their registers happen to say', () => {
    const cache = new PartitionedCache({ ...EVERYTHING, reset: 'poison', partidMax: 15 });
    cache.read(0, 0, LINES);
    expect(cache.occupancy(0)).toBe(LINES);
    const maps = Array.from({ length: 15 }, (_, i) => cache.register(MscRegister.MPAMCFG_CPBM, i + 1));
    expect(new Set(maps).size).toBeGreaterThan(8);
    const enabled = cache.register(MscRegister.MPAMCFG_EN_FLAGS, 0);
    const isOn = (partid: number): boolean => ((enabled >>> partid) & 1) === 1;
    for (let partid = 1; partid <= 15; partid++) {
      if (isOn(partid)) continue;
      cache.read(partid, 0, 4);
      expect(cache.system.counters(0, cache.owner(partid))).toMatchObject({ refused: 4, fills: 0 });
    }
    expect(isOn(0)).toBe(true);
  });
});

describe('a PARTID out of range', () => {
  const allocatedBy = (partid: number, outOfRange: 'default' | 'modulo'): Set<number | undefined> => {
    const cache = new PartitionedCache({ ...EVERYTHING, partidMax: 4, outOfRange });
    for (const valid of [0, 1, 2, 3, 4]) cache.write(MscRegister.MPAMCFG_CPBM, valid, 1 << valid);
    cache.read(partid, 0, 4);
    // The line itself keeps the label that the request came with.
    expect(cache.system.owners.label(cache.system.find(0, cache.line(partid, 0))!.owner)).toBe(packLabel(1, partid, 0));
    return cache.waysOf(partid, 0, 4);
  };

  it.each([
    [4, 'default', 4],
    [5, 'default', 0],
    [63, 'default', 0],
    [4, 'modulo', 4],
    [5, 'modulo', 0],
    [63, 'modulo', 3],
  ] as const)('%i is processed as one that is in range (%s): %i', (partid, outOfRange, processedAs) => {
    expect(allocatedBy(partid, outOfRange)).toEqual(new Set([processedAs]));
  });
});
