/** Cache portion partitioning (A 3.3), seen through CSU monitors and the exact counters; the cache has 16 portions of a way each. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Board, FAR, L3_BYTES, LINE, STREAM } from './board.ts';
import type { MscPage } from './msc-page.ts';

const THREE_QUARTERS = 0x0fff;
const QUARTER = 0x000f;
const OTHER_THREE_QUARTERS = 0xfff0;

let board: Board;
let l3: MscPage;

beforeEach(() => {
  board = new Board();
  l3 = board.msc('l3-0');
  for (const pe of [0, 1]) {
    board.runAs(pe, pe + 1);
    l3.watchStorage(pe, { partid: pe + 1 });
  }
});

/** Both must agree: what the monitor of a PE shows, and what its PARTID really holds. */
function held(pe: number): number {
  const shown = l3.storage(pe);
  expect(board.truth('l3-0').get(`ns/${pe + 1}/0`)?.bytes ?? 0).toBe(shown);
  return shown;
}

describe('a copy of more than the cache holds', () => {
  it.each([
    ['75 %', THREE_QUARTERS, 0.75],
    ['25 %', QUARTER, 0.25],
    ['one portion', 0x8000, 1 / 16],
    ['portions that are not side by side', 0x8421, 0.25],
    ['all portions', 0xffff, 1],
    ['no portion', 0, 0],
  ])('fills %s of it, and no more', (_, map, share) => {
    l3.control(1, 'MPAMCFG_CPBM0', map);
    board.ask('copy 0 0x0 +512KiB 0x80000 mlp 8');
    expect(held(0)).toBe(share * L3_BYTES);
  });
});

describe('75 % of the portions, and then 25 %', () => {
  beforeEach(() => {
    l3.control(1, 'MPAMCFG_CPBM0', THREE_QUARTERS);
    board.ask('access 0 read 0x0 +192KiB mlp 8');
    l3.control(1, 'MPAMCFG_CPBM0', QUARTER);
  });

  it('takes nothing away: what was held counts and hits as before', () => {
    expect(held(0)).toBe(0.75 * L3_BYTES);
    expect(board.counts('access 0 read 0x0 +192KiB')).toMatchObject({ l3: 3072, memory: 0 });
  });

  it('has a stream replace its lines in the 4 portions that are left; those in the 8 others stay and hit', () => {
    board.ask(`access 0 read ${FAR} ${STREAM} mlp 8`);
    expect(held(0)).toBe(0.75 * L3_BYTES);
    // The first fills went to the first ways: of 12 ways that were filled in order, the last 8 are as they were.
    expect(board.counts('access 0 read 0x10000 +128KiB')).toMatchObject({ l3: 2048, memory: 0 });
  });

  it('comes to 25 % when somebody else takes the portions that were left', () => {
    l3.control(2, 'MPAMCFG_CPBM0', OTHER_THREE_QUARTERS);
    board.ask(`access 1 read ${FAR} ${STREAM} mlp 8`);
    expect([held(0), held(1)]).toEqual([0.25 * L3_BYTES, 0.75 * L3_BYTES]);
    board.ask('copy 0 0x0 +512KiB 0x80000 mlp 8');
    expect([held(0), held(1)]).toEqual([0.25 * L3_BYTES, 0.75 * L3_BYTES]);
  });
});

it('a line in portions of others hits for everybody', () => {
  l3.control(1, 'MPAMCFG_CPBM0', THREE_QUARTERS);
  l3.control(2, 'MPAMCFG_CPBM0', 0xf000);
  board.ask('access 0 read 0x0 +192KiB');
  expect(board.counts('access 1 read 0x0 +192KiB')).toMatchObject({ l3: (192 * 1024) / LINE, memory: 0 });
  expect([held(0), held(1)]).toEqual([0.75 * L3_BYTES, 0]);
});

it('portions of two PARTIDs that overlap are shared: they hold what both leave of them', () => {
  l3.control(1, 'MPAMCFG_CPBM0', THREE_QUARTERS);
  l3.control(2, 'MPAMCFG_CPBM0', OTHER_THREE_QUARTERS);
  board.ask(`access 0 read 0x0 ${STREAM}`);
  board.ask(`access 1 read ${FAR} ${STREAM}`);
  expect([held(0), held(1)]).toEqual([0.25 * L3_BYTES, 0.75 * L3_BYTES]);
});
