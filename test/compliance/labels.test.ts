/** The labels that software sets at each Exception level, as monitors of the MSCs see them; traps of the registers (A 5, K 1). */
import { beforeEach, describe, expect, it } from 'vitest';
import { Board, label, MPAMEN } from './board.ts';
import type { MscPage } from './msc-page.ts';

const TRAPLOWER = 1n << 62n;
const TIDR = 1n << 58n;
const TRAPMPAM0EL1 = 1n << 49n;
const TRAPMPAM1EL1 = 1n << 48n;
/** MPAMHCR_EL2. */
const TRAP_MPAMIDR_EL1 = 1n << 31n;
const GSTAPP_PLK = 1n << 8n;
const EL1_VPMEN = 2n;

const BYTES = 4096;

let board: Board;
let l3: MscPage;
let memory: MscPage;
let next: number;

beforeEach(() => {
  board = new Board();
  l3 = board.msc('l3-0');
  memory = board.msc('mem-0');
  next = 0;
  board.writePe(0, 'MPAM3_EL3', MPAMEN);
});

/** Let monitors 0, 1 and so on of both MSCs look for these PARTIDs. */
function watch(...partids: readonly number[]): void {
  for (const [monitor, partid] of partids.entries()) {
    l3.watchStorage(monitor, { partid });
    memory.watchBandwidth(monitor, { partid });
  }
}

/** Access memory where nobody was before, at an Exception level. */
function touch(el: number, kind: 'read' | 'fetch' = 'read'): void {
  board.ask(`pe 0 el ${el}`);
  board.ask(`access 0 ${kind} ${next} +${BYTES}`);
  next += BYTES;
}

/** What the first monitors of the L3 show; those of memory must show the same. */
function seen(monitors: number): number[] {
  const each = Array.from({ length: monitors }, (_, monitor) => monitor);
  const held = each.map((monitor) => l3.storage(monitor));
  expect(each.map((monitor) => memory.bandwidth(monitor))).toEqual(held);
  return held;
}

describe('a request', () => {
  it('of EL0, EL1 and EL2 carries the PARTID of MPAM0_EL1, MPAM1_EL1 and MPAM2_EL2', () => {
    board.ask('pe 0 el 2');
    board.writePe(0, 'MPAM0_EL1', label(5));
    board.writePe(0, 'MPAM1_EL1', label(6));
    board.writePe(0, 'MPAM2_EL2', label(7));
    watch(5, 6, 7);
    touch(0);
    expect(seen(3)).toEqual([BYTES, 0, 0]);
    touch(1);
    expect(seen(3)).toEqual([BYTES, BYTES, 0]);
    touch(2);
    expect(seen(3)).toEqual([BYTES, BYTES, BYTES]);
  });

  it('of EL3 carries the PARTID of MPAM3_EL3, in the Secure PARTID space', () => {
    board.writePe(0, 'MPAM3_EL3', MPAMEN | label(8));
    watch(8);
    const secure = board.msc('l3-0', 's');
    secure.watchStorage(0, { partid: 8 });
    touch(3);
    expect([seen(1), secure.storage(0)]).toEqual([[0], BYTES]);
  });

  it('of Secure EL1 is in the Secure PARTID space', () => {
    board.writePe(0, 'MPAM1_EL1', label(6));
    watch(6);
    const secure = board.msc('mem-0', 's');
    secure.watchBandwidth(0, { partid: 6 });
    board.ask('pe 0 security s');
    touch(1);
    expect([seen(1), secure.bandwidth(0)]).toEqual([[0], BYTES]);
  });

  it('carries PARTID_D for data, and PARTID_I for fetches', () => {
    board.writePe(0, 'MPAM1_EL1', label(5, 0, { partid: 9, pmg: 1 }));
    watch(5, 9);
    touch(1, 'read');
    expect(seen(2)).toEqual([BYTES, 0]);
    touch(1, 'fetch');
    expect(seen(2)).toEqual([BYTES, BYTES]);
    l3.watchStorage(2, { partid: 9, pmg: 1 });
    expect(l3.storage(2)).toBe(BYTES);
  });

  it('of any Exception level carries PARTID 0 and PMG 0 while MPAMEN is 0, whose settings count', () => {
    for (const register of ['MPAM0_EL1', 'MPAM1_EL1', 'MPAM2_EL2']) board.writePe(0, register, label(5, 1));
    board.writePe(0, 'MPAM3_EL3', 0n);
    watch(0, 5);
    l3.watchStorage(2, { partid: 0, pmg: 0 });
    for (const el of [0, 1, 2]) touch(el);
    expect(seen(2)).toEqual([3 * BYTES, 0]);
    expect(l3.storage(2)).toBe(3 * BYTES);
    l3.control(0, 'MPAMCFG_CPBM0', 0);
    touch(1);
    expect(l3.storage(2)).toBe(3 * BYTES);
  });

  it('goes on under a new label as soon as the register is written', () => {
    board.writePe(0, 'MPAM1_EL1', label(5));
    watch(5, 6);
    touch(1);
    board.writePe(0, 'MPAM1_EL1', label(6));
    touch(1);
    expect(seen(2)).toEqual([BYTES, BYTES]);
  });

  it('of a guest at EL1 carries the PARTID that its virtual PARTID is mapped to', () => {
    board.ask('pe 0 el 2');
    board.writePe(0, 'MPAM1_EL1', label(1, 1));
    board.writePe(0, 'MPAMVPM0_EL2', 9n << 16n);
    board.writePe(0, 'MPAMVPMV_EL2', 0b10n);
    board.writePe(0, 'MPAMHCR_EL2', EL1_VPMEN);
    watch(9, 1);
    touch(1);
    expect(seen(2)).toEqual([BYTES, 0]);
  });

  it('of EL0 carries the label of EL1 where GSTAPP_PLK says so', () => {
    board.ask('pe 0 el 2');
    board.writePe(0, 'MPAM0_EL1', label(5));
    board.writePe(0, 'MPAM1_EL1', label(6));
    board.writePe(0, 'MPAMHCR_EL2', GSTAPP_PLK);
    watch(5, 6);
    touch(0);
    expect(seen(2)).toEqual([0, BYTES]);
  });

  it('of each PE carries the label of that PE', () => {
    for (const pe of [0, 1, 2]) board.runAs(pe, 5 + pe);
    watch(5, 6, 7);
    for (const pe of [0, 1, 2]) board.ask(`access ${pe} read ${pe * 0x10000} +${BYTES * (pe + 1)}`);
    expect(seen(3)).toEqual([BYTES, 2 * BYTES, 3 * BYTES]);
  });
});

describe('a trap', () => {
  it('to EL3 takes all registers of lower levels while TRAPLOWER is 1, and goes before traps to EL2', () => {
    board.writePe(0, 'MPAM2_EL2', TRAPMPAM0EL1 | TRAPMPAM1EL1);
    board.writePe(0, 'MPAM3_EL3', MPAMEN | TRAPLOWER);
    board.ask('pe 0 el 2');
    expect(board.writePe(0, 'MPAM2_EL2', 0n)).toBe('trap EL3');
    board.ask('pe 0 el 1');
    for (const register of ['MPAM0_EL1', 'MPAM1_EL1', 'MPAMIDR_EL1']) {
      expect(board.ask(`pe 0 read ${register}`)).toBe('trap EL3');
    }
  });

  it.each([
    ['MPAM0_EL1', TRAPMPAM0EL1, 'MPAM1_EL1'],
    ['MPAM1_EL1', TRAPMPAM1EL1, 'MPAM0_EL1'],
  ])('to EL2 takes accesses of EL1 to %s, and leaves the register as it was', (trapped, bit, other) => {
    board.writePe(0, trapped, label(3));
    board.writePe(0, 'MPAM2_EL2', bit);
    board.ask('pe 0 el 1');
    expect(board.writePe(0, trapped, label(4))).toBe('trap EL2');
    expect(board.ask(`pe 0 read ${trapped}`)).toBe('trap EL2');
    expect(board.writePe(0, other, label(4))).toBe('');
    board.ask('pe 0 el 2');
    expect(BigInt(board.ask(`pe 0 read ${trapped}`)) & ~MPAMEN).toBe(label(3));
  });

  it.each([
    ['MPAM2_EL2.TIDR', 'MPAM2_EL2', TIDR],
    ['MPAMHCR_EL2.TRAP_MPAMIDR_EL1', 'MPAMHCR_EL2', TRAP_MPAMIDR_EL1],
  ])('to EL2 takes reads of MPAMIDR_EL1 by EL1, with %s', (_, register, bit) => {
    board.ask('pe 0 el 1');
    const idr = BigInt(board.ask('pe 0 read MPAMIDR_EL1'));
    expect([idr & 0xffffn, (idr >> 32n) & 0xffn]).toEqual([63n, 3n]);
    board.ask('pe 0 el 2');
    board.writePe(0, register, bit);
    expect(BigInt(board.ask('pe 0 read MPAMIDR_EL1'))).toBe(idr);
    board.ask('pe 0 el 1');
    expect(board.ask('pe 0 read MPAMIDR_EL1')).toBe('trap EL2');
  });

  it('is not taken to EL2 by EL2 itself; EL0 has no access at all', () => {
    board.writePe(0, 'MPAM2_EL2', TRAPMPAM0EL1 | TRAPMPAM1EL1);
    board.ask('pe 0 el 2');
    expect(board.writePe(0, 'MPAM1_EL1', label(4))).toBe('');
    board.ask('pe 0 el 0');
    expect(board.writePe(0, 'MPAM0_EL1', label(4))).toBe('undef');
  });
});
