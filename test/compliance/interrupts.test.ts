/** Interrupts of errors and overflows (A 2.6, 4.2): wires that are level-sensitive, wires with edges, and messages. */
import { describe, expect, it } from 'vitest';
import { Board, boardPlan, LINE } from './board.ts';
import { CTL, type MscPage } from './msc-page.ts';

const MSIEN = 1;

/** A board whose interrupts are wired so, with errors enabled in the L3. */
function boardWith(interrupt: 'level' | 'edge'): { board: Board; l3: MscPage; memory: MscPage } {
  const wiring = ['l3', 'memory'].map((where) => `machine.topology.${where}.msc.interrupt=${interrupt}`);
  const board = new Board(boardPlan(...wiring));
  board.runAs(0, 5);
  const l3 = board.msc('l3-0');
  l3.write('MPAMF_ECR', 1);
  return { board, l3, memory: board.msc('mem-0') };
}

/** Make an error of code 3. */
const err = (l3: MscPage): void => l3.write('MSMON_CFG_CSU_FLT', 0xff);

/** Let counter 0 overflow at the next line, with an interrupt. */
function nearOverflow(memory: MscPage): void {
  memory.watchBandwidth(0, { partid: 5, control: CTL.OFLOW_INTR });
  memory.write('MSMON_MBWU', 2 ** 31 - LINE);
}

/** Interrupts without their times. */
const told = ({ interrupts }: Board): string[] => interrupts.map((text) => text.replace(/ time=\d+$/, ''));

const wire = (kind: string, level: string): string =>
  `msc=${kind === 'error' ? 'l3-0' : 'mem-0'} kind=${kind}-wired level=${level} space=ns`;

describe('the level-sensitive wire', () => {
  it('of errors is up while there is an error and INTEN, however many came', () => {
    const { board, l3 } = boardWith('level');
    err(l3);
    err(l3);
    expect(told(board)).toEqual([wire('error', 'high')]);
    expect(board.ask('msc l3-0 wires')).toContain('error-ns=1');
    l3.write('MPAMF_ECR', 0);
    l3.write('MPAMF_ECR', 1);
    l3.write('MPAMF_ESR', 0n);
    expect(told(board)).toEqual(['high', 'low', 'high', 'low'].map((level) => wire('error', level)));
    expect(board.ask('msc l3-0 wires')).toContain('error-ns=0');
  });

  it('of errors goes up when software writes an error code', () => {
    const { board, l3 } = boardWith('level');
    l3.write('MPAMF_ESR', 0x0100_0000n);
    expect(told(board)).toEqual([wire('error', 'high')]);
  });

  it('stays down without INTEN', () => {
    const { board, l3 } = boardWith('level');
    l3.write('MPAMF_ECR', 0);
    err(l3);
    expect(board.interrupts).toEqual([]);
    expect(Number(l3.readWide('MPAMF_ESR') >> 24n) & 0xf).toBe(3);
  });

  it('of overflows goes up with the status, and down when it is cleared', () => {
    const { board, memory } = boardWith('level');
    nearOverflow(memory);
    board.ask('access 0 read 0x0 +4KiB');
    expect(told(board)).toEqual([wire('overflow', 'high')]);
    memory.write('MSMON_MBWU', 0);
    expect(told(board)).toEqual([wire('overflow', 'high'), wire('overflow', 'low')]);
  });

  it('of overflows goes up while accesses are made, within the quantum', () => {
    const { board, memory } = boardWith('level');
    nearOverflow(memory);
    board.ask('access 0 read 0x0 +1MiB mlp 16 background');
    board.ask('wait 20us');
    expect(Number(/time=(\d+)/.exec(board.interrupts[0]!)![1])).toBeLessThanOrEqual(2000);
  });
});

describe('the wire with edges', () => {
  it('tells each error once', () => {
    const { board, l3 } = boardWith('edge');
    err(l3);
    err(l3);
    l3.write('MPAMF_ESR', 0n);
    expect(told(board)).toEqual([wire('error', 'edge'), wire('error', 'edge')]);
  });

  it('tells nothing when software writes an error code', () => {
    const { board, l3 } = boardWith('edge');
    l3.write('MPAMF_ESR', 0x0100_0000n);
    expect(board.interrupts).toEqual([]);
  });

  it('tells an overflow once, and the next after a write of the value cleared the status', () => {
    const { board, memory } = boardWith('edge');
    nearOverflow(memory);
    board.ask('access 0 read 0x0 +4KiB');
    board.ask('access 0 read 0x10000 +4KiB');
    expect(told(board)).toEqual([wire('overflow', 'edge')]);
    memory.write('MSMON_MBWU', 2 ** 31 - LINE);
    board.ask('access 0 read 0x20000 +4KiB');
    expect(told(board)).toEqual([wire('overflow', 'edge'), wire('overflow', 'edge')]);
  });
});

describe('a message', () => {
  it('of an error goes to the address of MPAMF_ERR_MSI, instead of the wire', () => {
    const { board, l3 } = boardWith('level');
    l3.write('MPAMF_ERR_MSI_ADDR_L', 0x4000_0040);
    l3.write('MPAMF_ERR_MSI_ADDR_H', 0x3);
    l3.write('MPAMF_ERR_MSI_DATA', 0x55);
    l3.write('MPAMF_ERR_MSI_ATTR', MSIEN);
    err(l3);
    err(l3);
    const message = 'msc=l3-0 kind=error-msi level=edge space=ns address=0x0000000340000040 data=0x00000055';
    expect(told(board)).toEqual([message, message]);
    expect(board.ask('msc l3-0 wires')).toContain('error-ns=0');
  });

  it('of an overflow goes to the address of MSMON_OFLOW_MSI', () => {
    const { board, memory } = boardWith('level');
    memory.write('MSMON_OFLOW_MSI_ADDR_L', 0x8000_0000);
    memory.write('MSMON_OFLOW_MSI_DATA', 7);
    memory.write('MSMON_OFLOW_MSI_ATTR', MSIEN);
    nearOverflow(memory);
    board.ask('access 0 read 0x0 +4KiB');
    const message = 'msc=mem-0 kind=overflow-msi level=edge space=ns address=0x0000000080000000 data=0x00000007';
    expect(told(board)).toEqual([message]);
  });
});
