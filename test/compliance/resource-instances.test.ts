/**
 * Resource instances (A 2.3, 3.10) of a last-level cache like that of Marvell OCTEON CN10K (A 6.1): one MSC whose RIS 0 is a
 * cache of 16 portions and whose RIS 1 is one of 12, each with a CSU monitor; PEs 0 to 11 are behind the first.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { planOf } from '../run/driven/driven-fixture.ts';
import { Board } from './board.ts';
import type { MscPage } from './msc-page.ts';

const SCENARIO = `
name: ris-llc
until: 1ms
machine: { pes: 24, scale: 64, topology: { preset: ris-llc, memory: { recorded: 16MiB } } }
tenants: { tenant-a: { vms: { web: } } }
schedule: { source: simulated }
`;
/** Bytes of a portion: 256 sets of a way, and 341 (16 MiB / 64 in 12 ways, rounded down to whole sets). */
const PORTION = [256 * 64, 341 * 64] as const;
const OF_CACHE = [
  [0, 0],
  [12, 1],
] as const;

let board: Board;
let llc: MscPage;

beforeEach(() => {
  board = new Board(planOf(SCENARIO));
  llc = board.msc('l3');
});

describe('the ID registers', () => {
  it('tell of two resources', () => {
    const idr = llc.readWide('MPAMF_IDR');
    expect([(idr >> 28n) & 1n, (idr >> 32n) & 1n, (idr >> 56n) & 0xfn]).toEqual([1n, 1n, 1n]); // EXT, HAS_RIS, RIS_MAX
  });

  it.each([
    [0, 16],
    [1, 12],
  ])('of RIS %i tell of %i portions and a monitor without capture', (ris, portions) => {
    llc.select(0, { ris });
    expect(llc.readWide('MPAMF_IDR') & (1n << 25n)).not.toBe(0n); // HAS_CPOR_PART
    expect(llc.read('MPAMF_CPOR_IDR')).toBe(portions);
    expect(llc.read('MPAMF_CSUMON_IDR')).toBe(1); // NUM_MON, and no flag
  });
});

describe('settings', () => {
  it('of one resource are no settings of the other', () => {
    llc.select(3, { ris: 0 });
    llc.write('MPAMCFG_CPBM0', 0xffff_ffff);
    expect(llc.read('MPAMCFG_CPBM0')).toBe(0xffff);
    llc.select(3, { ris: 1 });
    llc.write('MPAMCFG_CPBM0', 0xff0);
    expect(llc.read('MPAMCFG_CPBM0')).toBe(0xff0);
    llc.select(3, { ris: 0 });
    expect(llc.read('MPAMCFG_CPBM0')).toBe(0xffff);
  });

  it('of the whole MSC are there under each RIS', () => {
    llc.select(0, { ris: 0 });
    llc.write('MPAMCFG_DIS', 3);
    llc.select(0, { ris: 1 });
    expect(llc.read('MPAMCFG_EN_FLAGS') & 8).toBe(0);
  });
});

describe('a monitor of storage', () => {
  it.each(OF_CACHE)('shows, behind PE %i, four portions of RIS %i full of a stream', (pe, ris) => {
    llc.select(2, { ris });
    llc.write('MPAMCFG_CPBM0', 0x0f0);
    llc.watchStorage(0, { partid: 2, ris });
    board.runAs(pe, 2);
    board.ask(`access ${pe} read 0x0 +1MiB mlp 8`);
    expect(llc.read('MSMON_CSU')).toBe(4 * PORTION[ris]);
  });

  it.each(OF_CACHE)('shows what is held behind PE %i alone, in RIS %i', (pe, ris) => {
    for (const each of [0, 1]) llc.watchStorage(0, { partid: 2, ris: each });
    board.runAs(pe, 2);
    board.ask(`access ${pe} read 0x0 +8KiB`);
    const shown = [0, 1].map((each) => {
      llc.selectMonitor(0, each);
      return llc.read('MSMON_CSU');
    });
    expect(shown).toEqual(ris === 0 ? [8192, 0] : [0, 8192]);
  });
});
