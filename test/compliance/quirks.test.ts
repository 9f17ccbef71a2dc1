/** Errata of real silicon, and what Linux does about them (K 4), step by step. */
import { describe, expect, it } from 'vitest';
import { Board, boardPlan, CHANNEL_BYTES_PER_NS } from './board.ts';
import { CTL, type MscPage } from './msc-page.ts';

const HARDLIM = 2 ** 31;
const FIFTH = HARDLIM + Math.floor(0.2 * 65536) - 1;
const T241_IIDR = 0x2410036b;
const CMN_650_IIDR = 0x0000043b;

function boardWith(where: 'l3' | 'memory', quirk: string, ...overrides: readonly string[]): Board {
  return new Board(boardPlan(`machine.topology.${where}.msc.quirks=[${quirk}]`, ...overrides));
}

/** The share of the channel that PARTID 1 gets alone, after a window has passed. */
function share(board: Board, memory: MscPage): number {
  board.ask('access 0 read 0x400000 +4MiB repeat forever mlp 32 background');
  board.ask('wait 20us');
  memory.watchBandwidth(0, { partid: 1 });
  board.ask('wait 200us');
  board.ask('stop 0');
  return memory.bandwidth(0) / (200_000 * CHANNEL_BYTES_PER_NS);
}

describe('T241-MPAM-1: a limit takes no effect before its shadows were read and two spare registers written', () => {
  const SHADOWS = Array.from({ length: 12 }, (_, slice) => 0x360048 + slice * 0x10000);
  const SPARES = [0x1b0000, 0x1c0000];
  const PARTID = 1;
  const TRIES_MAX = 1000;

  function limited(): { board: Board; memory: MscPage } {
    const board = boardWith('memory', 'T241-MPAM-1');
    const memory = board.msc('mem-0');
    board.runAs(0, PARTID);
    memory.control(PARTID, 'MPAMCFG_MBW_MAX', FIFTH);
    return { board, memory };
  }

  const writeSpares = (memory: MscPage): void => {
    for (const spare of SPARES) memory.write32(spare, 0);
  };

  /** The lower half of each shadow, read until it is as wanted. @returns false if it never was. */
  const awaitShadows = (memory: MscPage): boolean =>
    SHADOWS.every((shadow) =>
      Array.from({ length: TRIES_MAX }).some(() => memory.read32(shadow + PARTID * 8) === FIFTH),
    );

  it('is seen by the identity of the part', () => {
    expect(limited().memory.read('MPAMF_IIDR')).toBe(T241_IIDR);
  });

  it('by itself the write does nothing', () => {
    const { board, memory } = limited();
    expect(share(board, memory)).toBeGreaterThan(0.98);
  });

  it('the spare registers alone do nothing, and nor do the shadows', () => {
    const { board, memory } = limited();
    writeSpares(memory);
    expect(share(board, memory)).toBeGreaterThan(0.98);
    expect(awaitShadows(memory)).toBe(true);
    expect(share(board, memory)).toBeGreaterThan(0.98);
  });

  it('shadows first and then the spare registers, and the limit holds', () => {
    const { board, memory } = limited();
    expect(awaitShadows(memory)).toBe(true);
    writeSpares(memory);
    expect(memory.read('MPAMCFG_MBW_MAX')).toBe(FIFTH);
    expect(share(board, memory) / 0.2).toBeCloseTo(1, 1);
  });
});

describe('T241-MPAM-4: a minimum of 0 throttles', () => {
  const GRANULE = 1 << (16 - 7);

  it.each([
    ['0', 0, 0, 0.02],
    ['one granule, as the work-around has it', GRANULE, 0.98, 1],
  ])('with %s', (_, min, least, most) => {
    const board = boardWith('memory', 'T241-MPAM-4', 'machine.topology.memory.controls.bwa_wd=7');
    const memory = board.msc('mem-0');
    board.runAs(0, 1);
    memory.control(1, 'MPAMCFG_MBW_MAX', 0xffff);
    memory.write('MPAMCFG_MBW_MIN', min);
    const got = share(board, memory);
    expect(got).toBeGreaterThan(least);
    expect(got).toBeLessThanOrEqual(most);
  });
});

describe('T241-MPAM-6: counters count requests of 64 bytes', () => {
  it('which is the bytes when it is multiplied by 64, in both widths', () => {
    const board = boardWith('memory', 'T241-MPAM-6');
    const memory = board.msc('mem-0');
    board.runAs(0, 1);
    memory.watchBandwidth(0, { partid: 1 });
    memory.write('MSMON_MBWU_L', 0n);
    board.ask('access 0 read 0x0 +64KiB');
    expect([memory.bandwidth(0) * 64, memory.readWide('MSMON_MBWU_L') * 64n]).toEqual([65536, 65536n]);
  });

  it('so that the short counter overflows 64 times later', () => {
    const board = boardWith('memory', 'T241-MPAM-6');
    const memory = board.msc('mem-0');
    board.runAs(0, 1);
    memory.watchBandwidth(0, { partid: 1 });
    memory.write('MSMON_MBWU', 2 ** 31 - 64);
    board.ask('access 0 read 0x0 +4032');
    expect(memory.read('MSMON_CFG_MBWU_CTL') & CTL.OFLOW_STATUS).toBe(0);
    board.ask('access 0 read 0x10000 +64');
    expect(memory.read('MSMON_CFG_MBWU_CTL') & CTL.OFLOW_STATUS).toBe(CTL.OFLOW_STATUS);
  });
});

describe('CMN-650 3642720: NRDY of a CSU monitor never clears', () => {
  const NRDY = 2 ** 31;

  it.each([
    ['of the part stays', 'CMN-650-3642720', NRDY],
    ['of others clears', '', 0],
  ])('NRDY %s, and VALUE is right after the time that firmware tells', (_, quirk, nrdy) => {
    const board = boardWith('l3', quirk, 'machine.topology.l3.msc.nrdy=2us');
    const l3 = board.msc('l3-0');
    expect(l3.read('MPAMF_IIDR')).toBe(quirk === '' ? 0 : CMN_650_IIDR);
    board.runAs(0, 1);
    board.ask('access 0 read 0x0 +64KiB');
    l3.watchStorage(0, { partid: 1 });
    board.ask('wait 2us');
    expect(l3.read('MSMON_CSU')).toBe(nrdy + 65536);
  });
});
