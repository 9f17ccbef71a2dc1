/** Capacity controls of a cache (A 3.4, 3.5): CMAX, CMIN and CASSOC, alone and together with portions. Widths are 8 and 4 bits. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Board, boardPlan, FAR, L3_BYTES, LINE, STREAM } from './board.ts';
import type { MscPage } from './msc-page.ts';

const SOFTLIM = 2 ** 31;
/** Maxima are the top of their band (A 3.1). */
const MAX_75 = 0xbf00;
const MAX_50 = 0x7f00;
const MAX_25 = 0x3f00;
/** Minima are the bottom of theirs. */
const MIN_75 = 0xc000;

let board: Board;
let l3: MscPage;

function start(one = new Board()): void {
  board = one;
  l3 = board.msc('l3-0');
  for (const pe of [0, 1, 2]) {
    board.runAs(pe, pe + 1);
    l3.watchStorage(pe, { partid: pe + 1 });
  }
}

/** Shares of the cache that PARTIDs 1, 2 and 3 hold. */
function shares(): number[] {
  return [0, 1, 2].map((monitor) => l3.storage(monitor) / L3_BYTES);
}

const stream = (pe: number): string =>
  board.ask(`access ${pe} read 0x${(pe * 4 + 4).toString(16)}00000 ${STREAM} mlp 8`);

beforeEach(() => start());

describe('CMAX', () => {
  it.each([
    ['75 %', MAX_75, 0.75],
    ['50 %', MAX_50, 0.5],
    ['25 %', MAX_25, 0.25],
    ['its smallest value', 0, 1 / 256],
    ['100 %', 0xff00, 1],
  ])('of %s is what a stream comes to hold', (_, cmax, share) => {
    l3.control(1, 'MPAMCFG_CMAX', cmax);
    stream(0);
    expect(shares()).toEqual([share, 0, 0]);
  });

  it('that is lowered reclaims nothing; others take the excess first, and then no more', () => {
    l3.control(1, 'MPAMCFG_CMAX', 0xff00);
    l3.control(2, 'MPAMCFG_CMAX', MAX_75);
    stream(0);
    l3.control(1, 'MPAMCFG_CMAX', MAX_25);
    expect(shares()).toEqual([1, 0, 0]);
    stream(1);
    expect(shares()).toEqual([0.25, 0.75, 0]);
  });
});

describe('CMAX with portions', () => {
  it.each([
    ['half of the portions and 25 %: the maximum counts', 0x00ff, MAX_25, 0.25],
    ['half of the portions and 75 %: the portions count', 0x00ff, MAX_75, 0.5],
    ['a quarter of the portions and 25 %: both do', 0xf000, MAX_25, 0.25],
  ])('%s', (_, map, cmax, share) => {
    l3.control(1, 'MPAMCFG_CPBM0', map);
    l3.control(1, 'MPAMCFG_CMAX', cmax);
    board.ask('copy 0 0x0 +512KiB 0x80000 mlp 8');
    expect(shares()).toEqual([share, 0, 0]);
  });

  it('is a fraction of the whole cache: 6.25 % of 1 MiB is half of 4 portions of 32', () => {
    const l3Size = ['size=1MiB', 'ways=32', 'controls.cpbm_wd=32'].map((each) => `machine.topology.l3.${each}`);
    start(new Board(boardPlan(...l3Size)));
    l3.control(1, 'MPAMCFG_CPBM0', 0x0000000f);
    board.ask('access 0 read 0x0 +2MiB');
    expect(l3.storage(0)).toBe(128 * 1024);
    board.flush();
    l3.control(1, 'MPAMCFG_CMAX', 0x0fff);
    board.ask('access 0 read 0x0 +2MiB');
    expect(l3.storage(0)).toBe(64 * 1024);
  });
});

describe('CASSOC', () => {
  it('of 100, 50 and 25 % lets a stream hold so much of each set: strictly less each time', () => {
    const held = [0xf000, 0x7000, 0x3000].map((cassoc) => {
      board.flush();
      l3.control(1, 'MPAMCFG_CASSOC', cassoc);
      board.ask('copy 0 0x0 +512KiB 0x80000 mlp 8');
      return shares()[0];
    });
    expect(held).toEqual([1, 0.5, 0.25]);
  });

  it('limits ways of a set where CMAX limits none: lines of one set', () => {
    l3.control(1, 'MPAMCFG_CASSOC', 0x3000);
    // 64 lines that are all in set 0, of 256 sets.
    board.ask('access 0 read 0x0 +1MiB stride 16KiB');
    expect(l3.storage(0)).toBe(4 * LINE);
  });
});

describe('soft limits of 75 and 25 %', () => {
  beforeEach(() => {
    l3.control(1, 'MPAMCFG_CMAX', SOFTLIM + MAX_75);
    l3.control(2, 'MPAMCFG_CMAX', SOFTLIM + MAX_25);
  });

  it('let a PARTID that is alone have the whole cache', () => {
    stream(1);
    expect(shares()).toEqual([0, 1, 0]);
  });

  it('hold when both want it: what is above its limit goes first, and who is at its limit takes nothing from others', () => {
    stream(1);
    stream(0);
    expect(shares()).toEqual([0.75, 0.25, 0]);
    for (const pe of [1, 0, 1]) stream(pe);
    expect(shares()).toEqual([0.75, 0.25, 0]);
  });

  it('are met from below as well, and lines of a disabled PARTID are free for who is above its limit', () => {
    stream(2);
    l3.write('MPAMCFG_DIS', 3);
    stream(1);
    expect(shares()).toEqual([0, 1, 0]);
  });
});

it('a hard limit of 25 % holds though the cache is empty', () => {
  l3.control(2, 'MPAMCFG_CMAX', MAX_25);
  stream(1);
  stream(1);
  expect(shares()).toEqual([0, 0.25, 0]);
});

describe('CMIN of 75 %', () => {
  const WORKING_SET = 'read 0x0 +192KiB';

  beforeEach(() => {
    // PARTID 3 has one half of the cache and PARTID 2 the other; CMIN is 0 after reset.
    board.ask('access 2 read 0xc00000 +128KiB');
    board.ask('access 1 read 0x800000 +128KiB');
    expect(shares()).toEqual([0, 0.5, 0.5]);
    l3.control(1, 'MPAMCFG_CMIN', MIN_75);
    l3.write('MPAMCFG_DIS', 3);
  });

  it('is filled from a disabled PARTID first, and only then from one that is enabled', () => {
    board.ask('access 0 read 0x0 +64KiB');
    expect(shares()).toEqual([0.25, 0.5, 0.25]);
    board.ask('access 0 read 0x10000 +64KiB');
    expect(shares()).toEqual([0.5, 0.5, 0]);
    board.ask('access 0 read 0x20000 +64KiB');
    expect(shares()).toEqual([0.75, 0.25, 0]);
  });

  it('protects what is held: of it a stream of another PARTID gets no more than the line by which it is not yet missed', () => {
    board.ask(`access 0 ${WORKING_SET}`);
    stream(1);
    const [protectedBytes] = shares().map((share) => share * L3_BYTES);
    expect(protectedBytes).toBe(0.75 * L3_BYTES - LINE);
    expect(board.counts(`access 0 ${WORKING_SET}`).l3).toBe(3071);
  });

  it('protects nothing once it is 0 again', () => {
    board.ask(`access 0 ${WORKING_SET}`);
    l3.control(1, 'MPAMCFG_CMIN', 0);
    stream(1);
    expect(shares()).toEqual([0, 1, 0]);
  });
});

describe('a PARTID that is disabled', () => {
  beforeEach(() => {
    l3.control(1, 'MPAMCFG_CMAX', MAX_75);
    stream(0);
    l3.write('MPAMCFG_DIS', 1);
  });

  it('keeps its lines, which hit, but gets no new ones', () => {
    l3.select(0);
    expect(l3.read('MPAMCFG_EN_FLAGS')).toBe(0xfffffffd);
    expect(shares()).toEqual([0.75, 0, 0]);
    const before = board.truth('l3-0').get('ns/1/0')!.fills;
    expect(board.counts('access 0 read 0x0 +64KiB')).toMatchObject({ l3: 0, memory: 1024 });
    expect(board.truth('l3-0').get('ns/1/0')!.fills).toBe(before);
    expect(board.counts('access 0 read 0x4f0000 +64KiB')).toMatchObject({ l3: 1024, memory: 0 });
  });

  it('loses its lines first: before those of another PARTID, which are older', () => {
    start();
    board.ask('access 1 read 0x800000 +128KiB');
    board.ask('access 0 read 0x400000 +128KiB');
    l3.write('MPAMCFG_DIS', 1);
    board.ask('access 2 read 0xc00000 +128KiB');
    expect(shares()).toEqual([0, 0.5, 0.5]);
  });

  it('has its settings again when it is enabled, by EN or by its flag', () => {
    board.flush();
    l3.select(1);
    expect(l3.read('MPAMCFG_CMAX')).toBe(MAX_75);
    l3.write('MPAMCFG_EN', 1);
    expect(l3.read('MPAMCFG_EN_FLAGS')).toBe(0xffffffff);
    stream(0);
    expect(shares()).toEqual([0.75, 0, 0]);
    l3.write('MPAMCFG_EN_FLAGS', 0xfffffffd);
    board.flush();
    stream(0);
    expect(shares()).toEqual([0, 0, 0]);
    l3.write('MPAMCFG_EN_FLAGS', 0xffffffff);
    stream(0);
    expect(shares()).toEqual([0.75, 0, 0]);
  });

  it('gives up its lines to a stream of another, and is served by memory then', () => {
    stream(1);
    expect(shares()).toEqual([0, 1, 0]);
    expect(board.counts(`access 0 read ${FAR} +64KiB`).memory).toBe(1024);
  });
});
