/** Every error code of A 2.6 by its cause, as software provokes it; what MPAMF_ESR then holds, overwriting and clearing. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Board, boardPlan, LINE } from './board.ts';
import { CTL, INGRESS_TL, INTERNAL, type MscPage } from './msc-page.ts';
import { oneMscBoard } from './one-msc-board.ts';

const OVRWR = 2 ** 31;
/** MPAMCFG_IN_TL.ENABLE. */
const ENABLE = 2 ** 31;

/** MPAMF_ESR: ERRCODE, PARTID_MON, and what else the code captures. */
function syndrome(code: number, partidOrMonitor: number, { pmg = 0, ris = 0 } = {}): bigint {
  return BigInt(code * 2 ** 24 + pmg * 2 ** 16 + partidOrMonitor) + (BigInt(ris) << 32n);
}

const recorded = (msc: MscPage): bigint => msc.readWide('MPAMF_ESR');

let board: Board;
let l3: MscPage;

beforeEach(() => {
  board = new Board();
  l3 = board.msc('l3-0');
});

describe('code 1: PARTID_SEL is above PARTID_MAX', () => {
  it('is recorded when a control is accessed, which reads 0 and ignores the write', () => {
    l3.select(32);
    expect(recorded(l3)).toBe(0n);
    l3.write('MPAMCFG_CPBM0', 0x1);
    expect(recorded(l3)).toBe(syndrome(1, 32));
    l3.write('MPAMF_ESR', 0n);
    expect(l3.read('MPAMCFG_CPBM0')).toBe(0);
    expect(recorded(l3)).toBe(syndrome(1, 32));
    for (const partid of [0, 31]) {
      l3.select(partid);
      expect(l3.read('MPAMCFG_CPBM0')).toBe(0xffff);
    }
  });

  it('is recorded when PART_SEL is written where it is checked there, and PART_SEL stays as it was', () => {
    board = new Board(boardPlan('machine.topology.l3.msc.out_of_range_selector=dropped'));
    l3 = board.msc('l3-0');
    l3.select(31);
    l3.select(32);
    expect(recorded(l3)).toBe(syndrome(1, 32));
    expect(l3.read('MPAMCFG_PART_SEL')).toBe(31);
  });
});

describe('codes 2 and 4: a request comes with labels that the MSC does not know', () => {
  it('PARTID 40 is recorded with its PMG; the request is handled as PARTID 0, whose limits count', () => {
    l3.control(0, 'MPAMCFG_CPBM0', 0x0003);
    l3.watchStorage(0, { partid: 0 });
    board.runAs(0, 40, 1);
    expect(board.counts('access 0 read 0x0 +64').accesses).toBe(1);
    expect(recorded(l3)).toBe(syndrome(2, 40, { pmg: 1 }));
    board.ask('access 0 read 0x0 +256KiB');
    expect(recorded(l3)).toBe(syndrome(2, 40, { pmg: 1 }) + BigInt(OVRWR));
    expect(l3.storage(0)).toBe(32 * 1024);
  });

  it('is recorded for each request, so that two of them in a row overwrite', () => {
    board.runAs(0, 40);
    board.ask('access 0 read 0x0 +128');
    expect(recorded(l3)).toBe(syndrome(2, 40) + BigInt(OVRWR));
  });

  it('PMG 3 is recorded with its PARTID; the request is handled as PARTID 0, PMG 0', () => {
    l3.watchStorage(0, { partid: 0, pmg: 0 });
    l3.watchStorage(1, { partid: 7 });
    board.runAs(0, 7, 3);
    board.ask('access 0 read 0x0 +64');
    expect(recorded(l3)).toBe(syndrome(4, 7, { pmg: 3 }));
    expect([l3.storage(0), l3.storage(1)]).toEqual([LINE, 0]);
  });

  it('is recorded by each MSC that the request reaches, and by none for labels in range', () => {
    const memory = board.msc('mem-0');
    board.runAs(0, 31, 1);
    board.ask('access 0 read 0x0 +64');
    expect([recorded(l3), recorded(memory)]).toEqual([0n, 0n]);
    board.runAs(0, 63);
    board.ask('access 0 read 0x0 +64');
    expect([recorded(l3), recorded(memory)]).toEqual([syndrome(2, 63), 0n]);
    board.ask('access 0 read 0x10000 +64');
    expect(recorded(memory)).toBe(syndrome(2, 63));
  });

  it('is judged by what ingress translation makes of the PARTID, from the moment that it is switched on', () => {
    board = new Board(
      boardPlan('machine.topology.l3.msc.ingress={ partid_max: 63, has_direct: true, has_base_mask: false }'),
    );
    l3 = board.msc('l3-0');
    const request = (partid: number, address: number): bigint => {
      l3.write('MPAMF_ESR', 0n);
      board.runAs(0, partid);
      board.ask(`access 0 read ${address} +64`);
      return recorded(l3);
    };
    // PARTID_MAX is 31: PARTID 40 is to become 3, and 5 is to become 50.
    l3.control(40, 'MPAMCFG_IN_TL', 3, { flags: INGRESS_TL });
    l3.control(5, 'MPAMCFG_IN_TL', 50, { flags: INGRESS_TL });
    expect([request(40, 0), request(5, 0x1000)]).toEqual([syndrome(2, 40), 0n]);
    l3.control(40, 'MPAMCFG_IN_TL', ENABLE + 3, { flags: INGRESS_TL });
    expect([request(40, 0x2000), request(5, 0x3000), request(41, 0x4000)]).toEqual([
      0n,
      syndrome(2, 5),
      syndrome(2, 41),
    ]);
    l3.control(40, 'MPAMCFG_IN_TL', 3, { flags: INGRESS_TL });
    expect([request(40, 0x5000), request(5, 0x6000)]).toEqual([syndrome(2, 40), 0n]);
  });

  it('leaves the other PARTID spaces alone', () => {
    board.runAs(0, 40);
    board.ask('access 0 read 0x0 +64');
    expect(recorded(board.msc('l3-0', 's'))).toBe(0n);
  });
});

describe('code 3: a filter has a PARTID or PMG out of range', () => {
  it.each([
    ['PARTID', 32, 0],
    ['PMG', 5, 2],
  ])('%s', (_, partid, pmg) => {
    l3.watchStorage(0, { partid, pmg });
    expect(recorded(l3)).toBe(syndrome(3, partid, { pmg }));
    const memory = board.msc('mem-0');
    memory.watchBandwidth(0, { partid, pmg });
    expect(recorded(memory)).toBe(syndrome(3, partid, { pmg }));
  });
});

describe('code 5: MON_SEL is not below NUM_MON', () => {
  it('is recorded when a monitor is accessed, which reads 0 and ignores the write', () => {
    l3.selectMonitor(3);
    l3.read('MSMON_CSU');
    expect(recorded(l3)).toBe(0n);
    l3.selectMonitor(4);
    expect(l3.read('MSMON_CSU')).toBe(0);
    expect(recorded(l3)).toBe(syndrome(5, 4));
    l3.write('MSMON_CFG_CSU_CTL', CTL.EN);
    expect(l3.read('MSMON_CFG_CSU_CTL')).toBe(0);
  });
});

describe('codes 6 and 7: internal PARTIDs where PARTIDs are narrowed', () => {
  beforeEach(() => {
    board = new Board(boardPlan('machine.topology.l3.controls.intpartid_max=7'));
    l3 = board.msc('l3-0');
  });

  it('6: a control is accessed without INTERNAL in PART_SEL', () => {
    l3.control(3, 'MPAMCFG_CPBM0', 0x1);
    expect(recorded(l3)).toBe(syndrome(6, 3));
    l3.select(3, { flags: INTERNAL });
    expect(l3.read('MPAMCFG_CPBM0')).toBe(0xffff);
  });

  it.each([
    ['is out of range', 8 + INTERNAL, 8],
    ['comes without INTERNAL', 5, 5],
  ])('6: INTPARTID %s, and the mapping stays', (_, value, intpartid) => {
    l3.control(20, 'MPAMCFG_INTPARTID', 2 + INTERNAL);
    l3.write('MPAMCFG_INTPARTID', value);
    expect(recorded(l3)).toBe(syndrome(6, intpartid));
    expect(l3.read('MPAMCFG_INTPARTID')).toBe(2 + INTERNAL);
  });

  it('7: INTPARTID is accessed with INTERNAL in PART_SEL', () => {
    l3.control(5, 'MPAMCFG_INTPARTID', 2 + INTERNAL, { flags: INTERNAL });
    expect(recorded(l3)).toBe(syndrome(7, 5));
  });

  it('1: an internal PARTID is above INTPARTID_MAX', () => {
    l3.control(8, 'MPAMCFG_CPBM0', 0x1, { flags: INTERNAL });
    expect(recorded(l3)).toBe(syndrome(1, 8));
  });
});

describe('codes 8 to 11: resource instances that are not there, or lack what is accessed', () => {
  // RIS 0 is the cache, RIS 1 the channel of memory.
  let msc: MscPage;

  beforeEach(() => {
    board = oneMscBoard();
    msc = board.msc('soc');
  });

  it('8: PART_SEL.RIS names no resource; ID registers then say so without an error', () => {
    msc.select(4, { ris: 2 });
    expect(msc.readWide('MPAMF_IDR') & 0x4f00_0000n).toBe(0n);
    expect(recorded(msc)).toBe(0n);
    msc.write('MPAMCFG_CPBM0', 0x1);
    expect(recorded(msc)).toBe(syndrome(8, 4, { ris: 2 }));
    expect(msc.read('MPAMCFG_CPBM0')).toBe(0);
  });

  it.each([
    ['portions', 'MPAMCFG_CPBM0', 1],
    ['bandwidth limits', 'MPAMCFG_MBW_MAX', 0],
  ])('9: the resource has no %s', (_, register, ris) => {
    msc.control(4, register, 0x1, { ris });
    expect(recorded(msc)).toBe(syndrome(9, 4, { ris }));
    expect(msc.read(register)).toBe(0);
    msc.select(4, { ris: 1 - ris });
    expect(msc.read(register)).toBe(0xffff);
  });

  it('10: MON_SEL.RIS names no resource', () => {
    msc.selectMonitor(1, 2);
    expect(msc.read('MSMON_MBWU')).toBe(0);
    expect(recorded(msc)).toBe(syndrome(10, 1, { ris: 2 }));
  });

  it.each([
    ['CSU', 'MSMON_CSU', 1],
    ['MBWU', 'MSMON_MBWU', 0],
  ])('11: the resource has no %s monitors', (_, register, ris) => {
    msc.selectMonitor(1, ris);
    expect(msc.read(register)).toBe(0);
    expect(recorded(msc)).toBe(syndrome(11, 1, { ris }));
  });

  it('nothing is recorded for what is there: each resource is controlled and measured by itself', () => {
    board.runAs(0, 4);
    msc.control(4, 'MPAMCFG_CPBM0', 0x000f);
    msc.control(4, 'MPAMCFG_MBW_MAX', 0x3fff, { ris: 1 });
    msc.watchStorage(0, { partid: 4 });
    msc.watchBandwidth(0, { partid: 4, ris: 1 });
    board.ask('access 0 read 0x0 +256KiB mlp 8');
    expect([msc.storage(0), msc.bandwidth(0, 1)]).toEqual([64 * 1024, 256 * 1024]);
    expect(recorded(msc)).toBe(0n);
  });
});

describe('MPAMF_ESR', () => {
  it('holds the last error, and OVRWR if one before it was not cleared', () => {
    l3.selectMonitor(4);
    l3.read('MSMON_CSU');
    l3.select(33);
    l3.read('MPAMCFG_CMAX');
    expect(recorded(l3)).toBe(syndrome(1, 33) + BigInt(OVRWR));
  });

  it('is cleared by software, after which an error is the first again', () => {
    l3.selectMonitor(4);
    l3.read('MSMON_CSU');
    l3.read('MSMON_CSU');
    expect(recorded(l3)).toBe(syndrome(5, 4) + BigInt(OVRWR));
    l3.write('MPAMF_ESR', 0n);
    expect(recorded(l3)).toBe(0n);
    l3.read('MSMON_CSU');
    expect(recorded(l3)).toBe(syndrome(5, 4));
  });

  it('is not there without error detection: nothing is recorded, and nothing else changes', () => {
    board = new Board(boardPlan('machine.topology.l3.msc={ has_esr: false }'));
    l3 = board.msc('l3-0');
    l3.control(32, 'MPAMCFG_CPBM0', 0x1);
    expect([recorded(l3), l3.read('MPAMCFG_CPBM0')]).toEqual([0n, 0]);
  });
});
