/**
 * Bandwidth controls (A 3.6): PEs stream side by side in the background, and MBWU monitors say what each PARTID got. The channel
 * serves a line in 10 ns; its accounting window is 10 us, a slot of MBW_PBM 160 ns.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { Board, boardPlan, CHANNEL_BYTES_PER_NS } from './board.ts';
import type { MscPage } from './msc-page.ts';

const HARDLIM = 2 ** 31;
/** Whole windows, and whole rounds of the 20 slots of MBW_PBM (3.2 us): before the measurement, and while it lasts. */
const WARM_UP_NS = 80_000;
const TIME_NS = 240_000;

/** The field of a maximum (top of the band) or minimum (bottom) of a share, of 16 bits. */
const maximum = (share: number): number => Math.floor(share * 65536) - 1;
const minimum = (share: number): number => Math.floor(share * 65536);

let board: Board;
let memory: MscPage;

beforeEach(() => start());

function start(one = new Board()): void {
  board = one;
  memory = board.msc('mem-0');
  for (const pe of [0, 1, 2]) {
    board.runAs(pe, pe + 1);
    memory.control(pe + 1, 'MPAMCFG_MBW_MIN', 0);
  }
}

/** Let PEs stream for a while, each with so many accesses under way. @returns the share of the channel that each PARTID got. */
function shares(...parallelism: readonly number[]): number[] {
  parallelism.forEach((mlp, pe) => {
    const address = `0x${(4 * pe + 4).toString(16)}00000`;
    board.ask(`access ${pe} read ${address} +4MiB repeat forever mlp ${mlp} background`);
  });
  board.ask(`wait ${WARM_UP_NS}ns`);
  return measured(parallelism.length);
}

/** The shares of the channel that the first PARTIDs get from now on. */
function measured(partids: number): number[] {
  const monitors = Array.from({ length: partids }, (_, monitor) => monitor);
  for (const monitor of monitors) memory.watchBandwidth(monitor, { partid: monitor + 1 });
  board.ask(`wait ${TIME_NS}ns`);
  return monitors.map((monitor) => memory.bandwidth(monitor) / (TIME_NS * CHANNEL_BYTES_PER_NS));
}

/** Within 2 % of each. */
function expectShares(got: readonly number[], wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  for (const [pe, share] of wanted.entries()) expect(Math.abs(got[pe]! / share - 1)).toBeLessThan(0.02);
}

describe('a hard limit', () => {
  it.each(['fixed', 'moving', 'decaying'])('of 20 % and of 5 % is what two streams get (%s window)', (window) => {
    start(new Board(boardPlan(`machine.topology.memory.window=${window}`)));
    memory.control(1, 'MPAMCFG_MBW_MAX', HARDLIM + maximum(0.2));
    memory.control(2, 'MPAMCFG_MBW_MAX', HARDLIM + maximum(0.05));
    expectShares(shares(32, 32), [0.2, 0.05]);
  });

  it('of 20 % holds for a stream that is alone; a soft one does not', () => {
    memory.control(1, 'MPAMCFG_MBW_MAX', HARDLIM + maximum(0.2));
    expectShares(shares(32), [0.2]);
    start();
    memory.control(1, 'MPAMCFG_MBW_MAX', maximum(0.2));
    expect(shares(32)[0]).toBeGreaterThan(0.98);
  });

  it('leaves the rest of the channel to who has none', () => {
    memory.control(1, 'MPAMCFG_MBW_MAX', HARDLIM + maximum(0.2));
    memory.control(2, 'MPAMCFG_MBW_MAX', HARDLIM + maximum(0.05));
    expectShares(shares(32, 32, 32), [0.2, 0.05, 0.75]);
  });
});

describe('a soft limit', () => {
  it('of 20 % gives way to who is below its own, and what is left over goes to who wants it', () => {
    memory.control(1, 'MPAMCFG_MBW_MAX', maximum(0.2));
    memory.control(2, 'MPAMCFG_MBW_MAX', maximum(0.8));
    expectShares(shares(32, 32), [0.2, 0.8]);
  });
});

describe('time slots', () => {
  it('of 4 and of 1 in 20 give 20 % and 5 % of the channel', () => {
    memory.control(1, 'MPAMCFG_MBW_PBM0', 0x002a8);
    memory.control(2, 'MPAMCFG_MBW_PBM0', 0x80000);
    expectShares(shares(32, 32), [4 / 20, 1 / 20]);
  });

  it('of their own leave slots unused that nobody else has', () => {
    memory.control(1, 'MPAMCFG_MBW_PBM0', 0x000ff);
    expectShares(shares(32), [8 / 20]);
  });

  it('that two PARTIDs share are shared by them', () => {
    memory.control(1, 'MPAMCFG_MBW_PBM0', 0x0000f);
    memory.control(2, 'MPAMCFG_MBW_PBM0', 0x0000f);
    expectShares(shares(32, 32), [2 / 20, 2 / 20]);
  });
});

describe('a minimum', () => {
  /** 4, 2 and 60 accesses under way: in the order of arrival that is what the shares would be like. */
  const UNDER_WAY = [4, 2, 60] as const;

  it('of 25 % and of 10 % is met although a third wants everything, who gets what is left', () => {
    memory.control(1, 'MPAMCFG_MBW_MIN', minimum(0.25));
    memory.control(2, 'MPAMCFG_MBW_MIN', minimum(0.1));
    const [first, second, third] = shares(...UNDER_WAY);
    const fair = UNDER_WAY.map((mlp) => mlp / 66);
    expect(first).toBeGreaterThanOrEqual(0.25);
    expect(first).toBeLessThan(0.25 + fair[0]!);
    expect(second).toBeGreaterThanOrEqual(0.1);
    expect(second).toBeLessThan(0.1 + fair[1]!);
    expect(first! + second! + third!).toBeGreaterThan(0.99);
  });

  it('of 0 leaves each with its place in the queue', () => {
    expectShares(shares(...UNDER_WAY), [4 / 66, 2 / 66, 60 / 66]);
  });

  it('gives nothing away where nobody asks for it', () => {
    memory.control(3, 'MPAMCFG_MBW_MIN', minimum(0.25));
    expectShares(shares(32, 32), [0.5, 0.5]);
  });
});

describe('proportional stride', () => {
  it('of 1 and of 4 shares the channel four to one', () => {
    memory.control(1, 'MPAMCFG_MBW_PROP', 2 ** 31 + 0);
    memory.control(2, 'MPAMCFG_MBW_PROP', 2 ** 31 + 3);
    expectShares(shares(32, 32), [0.8, 0.2]);
  });
});

describe('a PARTID that is disabled', () => {
  it('is served where nobody else wants to be, and last where somebody does', () => {
    memory.write('MPAMCFG_DIS', 1);
    expect(shares(32)[0]).toBeGreaterThan(0.98);
    board.ask('access 1 read 0x800000 +4MiB repeat forever mlp 32 background');
    board.ask(`wait ${WARM_UP_NS}ns`);
    // The starvation limit of 20 us lets a line through now and then.
    expect((measured(1)[0]! * TIME_NS) / 10).toBeLessThanOrEqual(TIME_NS / 20_000 + 1);
  });

  it('has its bandwidth and its limits again when it is enabled', () => {
    memory.control(1, 'MPAMCFG_MBW_MAX', HARDLIM + maximum(0.2));
    memory.write('MPAMCFG_DIS', 1);
    memory.write('MPAMCFG_EN', 1);
    expect(memory.read('MPAMCFG_MBW_MAX')).toBe(HARDLIM + maximum(0.2));
    expectShares(shares(32, 32), [0.2, 0.8]);
  });
});

describe('a PARTID that is disabled in mid-stream', () => {
  /** The starvation limit of 20 us lets a line of 10 ns through now and then. */
  const STARVED = 10 / 20_000 + 10 / TIME_NS;

  it('loses the channel at once, and has its half again as soon as it is enabled, with all that waited', () => {
    expectShares(shares(32, 32), [0.5, 0.5]);
    memory.write('MPAMCFG_DIS', 1);
    const [disabled, other] = measured(2);
    expect(disabled).toBeLessThanOrEqual(STARVED);
    expect(other).toBeGreaterThan(0.99);
    memory.write('MPAMCFG_EN', 1);
    expectShares(measured(2), [0.5, 0.5]);
  });

  it('is held by its limit again when it is enabled', () => {
    memory.control(1, 'MPAMCFG_MBW_MAX', HARDLIM + maximum(0.2));
    expectShares(shares(32, 32), [0.2, 0.8]);
    memory.write('MPAMCFG_DIS', 1);
    board.ask('wait 100us');
    memory.write('MPAMCFG_EN', 1);
    expectShares(measured(2), [0.2, 0.8]);
  });
});

it('a limit that a streaming PARTID gets for the first time holds for what waits already', () => {
  shares(32, 32);
  memory.control(1, 'MPAMCFG_MBW_MAX', HARDLIM + maximum(0.05));
  expectShares(measured(2), [0.05, 0.95]);
});

it('lines that are written back count against the limit of who wrote them: a copy gets 20 % for reads and writes', () => {
  memory.control(1, 'MPAMCFG_MBW_MAX', HARDLIM + maximum(0.2));
  board.ask('copy 0 0x0 +512KiB 0x80000 repeat forever mlp 32 background');
  board.ask(`wait ${WARM_UP_NS}ns`);
  expectShares(measured(1), [0.2]);
});

it('a limit of the memory side of the cache holds like one of memory, and monitors of the cache see it', () => {
  const memorySide = 'machine.topology.l3.memory_side={ controls: { bwa_wd: 8 } }';
  start(new Board(boardPlan(memorySide, 'machine.topology.l3.monitors={ mbwu: { num_mon: 4 } }')));
  memory = board.msc('l3-0');
  memory.control(1, 'MPAMCFG_MBW_MAX', HARDLIM + 0x3f00);
  memory.control(2, 'MPAMCFG_MBW_MAX', HARDLIM + 0x1f00);
  expectShares(shares(32, 32), [1 / 4, 1 / 8]);
});
