/** Monitors: what they filter, and what becomes of a counter that overflows (A 4). */
import { beforeEach, describe, expect, it } from 'vitest';
import { Board, boardPlan, LINE, label, MPAMEN } from './board.ts';
import { CTL, type MscPage } from './msc-page.ts';

const XCL = 2 ** 31;
const WRITES_ONLY = 2 ** 30;
const READS_ONLY = 2 ** 31;
/** Value of a 31-bit counter from which one line overflows. */
const LAST_LINE = 2 ** 31 - LINE;

let board: Board;
let l3: MscPage;
let memory: MscPage;

function start(...overrides: readonly string[]): void {
  board = new Board(boardPlan(...overrides));
  l3 = board.msc('l3-0');
  memory = board.msc('mem-0');
  board.runAs(0, 5, 1);
  board.runAs(1, 6, 0);
}

beforeEach(() => start());

/** CSU and MBWU with the same filter, after PARTID 5, PMG 1 read 64 KiB. */
function seenBy(filter: { readonly partid?: number; readonly pmg?: number }): number[] {
  l3.watchStorage(0, filter);
  memory.watchBandwidth(0, filter);
  board.ask('access 0 read 0x0 +64KiB');
  return [l3.storage(0), memory.bandwidth(0)];
}

describe('a monitor', () => {
  const BYTES = 64 * 1024;

  it.each([
    ['its PARTID and PMG', { partid: 5, pmg: 1 }, BYTES],
    ['its PARTID, whatever the PMG', { partid: 5 }, BYTES],
    ['its PMG, whatever the PARTID', { pmg: 1 }, BYTES],
    ['nothing but the PARTID space', {}, BYTES],
    ['another PMG', { partid: 5, pmg: 0 }, 0],
    ['another PARTID', { partid: 6, pmg: 1 }, 0],
    ['another PARTID, whatever the PMG', { partid: 6 }, 0],
    ['the default PARTID', { partid: 0, pmg: 0 }, 0],
  ])('that looks for %s sees what it should, in the cache and at memory', (_, filter, bytes) => {
    expect(seenBy(filter)).toEqual([bytes, bytes]);
  });

  it('of the Secure page sees nothing of the Non-secure PARTID space', () => {
    const [secureL3, secureMemory] = [board.msc('l3-0', 's'), board.msc('mem-0', 's')];
    secureL3.watchStorage(0, { partid: 5 });
    secureMemory.watchBandwidth(0, { partid: 5 });
    expect(seenBy({ partid: 5 })).toEqual([BYTES, BYTES]);
    expect([secureL3.storage(0), secureMemory.bandwidth(0)]).toEqual([0, 0]);
  });

  it('tells who holds what apart while both are there, and the sum is what all hold', () => {
    for (const [at, filter] of [{ partid: 5 }, { partid: 6 }, {}].entries()) l3.watchStorage(at, filter);
    board.ask('access 0 read 0x0 +64KiB');
    board.ask('access 1 read 0x100000 +32KiB');
    expect([l3.storage(0), l3.storage(1), l3.storage(2)]).toEqual([65536, 32768, 98304]);
  });

  it('with XCL counts modified lines alone, and none after they were cleaned', () => {
    l3.watchStorage(0, { partid: 5, filter: XCL });
    l3.watchStorage(1, { partid: 5 });
    board.ask('copy 0 0x0 +64KiB 0x100000');
    expect([l3.storage(0), l3.storage(1)]).toEqual([65536, 131072]);
    board.ask('maintain clean 0x100000 +64KiB');
    expect([l3.storage(0), l3.storage(1)]).toEqual([0, 131072]);
  });

  it('with RWBW counts reads alone, or writes alone: a copy of 4 times the cache', () => {
    const directions = [READS_ONLY, WRITES_ONLY, 0];
    for (const [at, filter] of directions.entries()) memory.watchBandwidth(at, { partid: 5, filter });
    board.ask('copy 0 0x0 +1MiB 0x400000 mlp 8');
    board.flush();
    board.ask('wait 1ms');
    const exact = board.truth('memory').get('ns/5/1')!;
    // Each line is read once, the target for ownership, and the target is written back.
    expect(exact).toMatchObject({ read: 2 * 2 ** 20, written: 2 ** 20 });
    expect([memory.bandwidth(0), memory.bandwidth(1), memory.bandwidth(2)]).toEqual([
      2 * 2 ** 20,
      2 ** 20,
      3 * 2 ** 20,
    ]);
  });

  it('keeps its value when it is configured anew, and goes on from there under the new filter', () => {
    memory.watchBandwidth(0, { partid: 5 });
    board.ask('access 0 read 0x0 +4KiB');
    memory.write('MSMON_CFG_MBWU_FLT', 6);
    board.ask('access 0 read 0x10000 +4KiB');
    board.ask('access 1 read 0x20000 +8KiB');
    expect(memory.bandwidth(0)).toBe(4096 + 8192);
  });

  it('that is not enabled collects nothing', () => {
    memory.watchBandwidth(0, { partid: 5 });
    memory.write('MSMON_CFG_MBWU_CTL', CTL.MATCH_PARTID);
    board.ask('access 0 read 0x0 +4KiB');
    expect(memory.bandwidth(0)).toBe(0);
  });

  it('whose time to settle is managed by hardware is not ready until that has passed', () => {
    start('machine.topology.l3.msc.nrdy=2us');
    board.ask('access 0 read 0x0 +4KiB');
    l3.watchStorage(0, { partid: 5 });
    expect(() => l3.storage(0)).toThrow('not ready');
    board.ask('wait 1999ns');
    expect(() => l3.storage(0)).toThrow('not ready');
    board.ask('wait 1ns');
    expect(l3.storage(0)).toBe(4096);
  });
});

describe('a counter', () => {
  const PARTID_5 = { partid: 5 };

  /** Counter 0 of PARTID 5 two lines before its overflow. */
  function nearOverflow(control: number): void {
    memory.watchBandwidth(0, { ...PARTID_5, control });
    memory.write('MSMON_MBWU', LAST_LINE - LINE);
  }

  const control = (): number => memory.read('MSMON_CFG_MBWU_CTL');

  it('that overflows wraps, counts on, and says so until software clears it', () => {
    nearOverflow(0);
    board.ask('access 0 read 0x0 +64');
    expect([memory.bandwidth(0), control() & CTL.OFLOW_STATUS]).toEqual([LAST_LINE, 0]);
    board.ask('access 0 read 0x1000 +192');
    expect([memory.bandwidth(0), control() & CTL.OFLOW_STATUS]).toEqual([2 * LINE, CTL.OFLOW_STATUS]);
    expect([memory.read('MSMON_OFLOW_SR'), memory.read('MSMON_MBWU_OFSR')]).toEqual([2 ** 30 + 1, 1]);
    memory.write('MSMON_CFG_MBWU_CTL', CTL.EN + CTL.MATCH_PARTID);
    expect(control() & CTL.OFLOW_STATUS).toBe(0);
    expect([memory.read('MSMON_OFLOW_SR'), memory.read('MSMON_MBWU_OFSR')]).toEqual([0, 0]);
    expect(memory.bandwidth(0)).toBe(2 * LINE);
  });

  it('that freezes stays at the wrapped value, and counts on when its value is written, which clears the status', () => {
    nearOverflow(CTL.OFLOW_FRZ);
    board.ask('access 0 read 0x0 +64KiB');
    expect(memory.bandwidth(0)).toBe(0);
    expect(control() & CTL.OFLOW_STATUS).toBe(CTL.OFLOW_STATUS);
    board.ask('access 0 read 0x100000 +64KiB');
    expect(memory.bandwidth(0)).toBe(0);
    memory.write('MSMON_MBWU', 0);
    expect(control() & CTL.OFLOW_STATUS).toBe(0);
    board.ask('access 0 read 0x200000 +64KiB');
    expect(memory.bandwidth(0)).toBe(65536);
  });

  it('that is captured keeps a copy, and begins again at 0 with CAPT_RESET', () => {
    memory.watchBandwidth(0, { ...PARTID_5, control: CTL.CAPT_RESET + 7 * 2 ** 28 });
    board.ask('access 0 read 0x0 +4KiB');
    memory.write('MSMON_CAPT_EVNT', 1);
    expect([memory.read('MSMON_MBWU_CAPTURE'), memory.bandwidth(0)]).toEqual([4096, 0]);
    board.ask('access 0 read 0x10000 +8KiB');
    expect([memory.read('MSMON_MBWU_CAPTURE'), memory.bandwidth(0)]).toEqual([4096, 8192]);
  });

  it('is captured by the external event that it is set to, in every MSC that the event reaches', () => {
    memory.watchBandwidth(0, { ...PARTID_5, control: 3 * 2 ** 28 });
    l3.watchStorage(0, { ...PARTID_5, control: 3 * 2 ** 28 });
    board.ask('access 0 read 0x0 +4KiB');
    board.ask('capture all 2');
    expect([memory.read('MSMON_MBWU_CAPTURE'), l3.read('MSMON_CSU_CAPTURE')]).toEqual([0, 0]);
    board.ask('capture all 3');
    board.ask('access 0 read 0x10000 +8KiB');
    expect([memory.read('MSMON_MBWU_CAPTURE'), l3.read('MSMON_CSU_CAPTURE')]).toEqual([4096, 4096]);
    expect([memory.bandwidth(0), l3.storage(0)]).toEqual([12288, 12288]);
  });

  it('of 44 bits has a status of its own, and its own interrupt', () => {
    memory.watchBandwidth(0, { ...PARTID_5, control: CTL.OFLOW_INTR_L });
    memory.write('MSMON_MBWU_L', 2n ** 44n - 64n);
    board.ask('access 0 read 0x0 +128');
    expect(memory.readWide('MSMON_MBWU_L')).toBe(64n);
    expect(control() & (CTL.OFLOW_STATUS | CTL.OFLOW_STATUS_L)).toBe(CTL.OFLOW_STATUS_L);
    expect(board.interrupts).toHaveLength(1);
  });

  it('with SCLEN shows units of 64 bytes, and the long one bytes', () => {
    memory.watchBandwidth(0, { ...PARTID_5, control: 1 << 19 });
    memory.write('MSMON_MBWU_L', 0n);
    board.ask('access 0 read 0x0 +64KiB');
    expect([memory.bandwidth(0), memory.readWide('MSMON_MBWU_L')]).toEqual([1024, 65536n]);
  });

  it('of one PMG in many does not see what others add', () => {
    memory.watchBandwidth(0, { partid: 5, pmg: 0 });
    memory.watchBandwidth(1, { partid: 5, pmg: 1 });
    board.ask('access 0 read 0x0 +4KiB');
    board.ask('pe 0 el 3');
    board.writePe(0, 'MPAM3_EL3', MPAMEN);
    board.writePe(0, 'MPAM1_EL1', label(5, 0));
    board.ask('pe 0 el 1');
    board.ask('access 0 read 0x10000 +8KiB');
    expect([memory.bandwidth(0), memory.bandwidth(1)]).toEqual([8192, 4096]);
  });
});
