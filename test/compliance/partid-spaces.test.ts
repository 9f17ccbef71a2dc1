/** PARTIDs that are another in an MSC: narrowed (A 3.9), translated (A 2.7), or out of range with settings of their own (A 3.12). */
import { describe, expect, it } from 'vitest';
import { Board, boardPlan, CHANNEL_BYTES_PER_NS, L3_BYTES, STREAM } from './board.ts';
import { DEFAULT_PARTID, INGRESS_TL, INTERNAL } from './msc-page.ts';

const HARDLIM = 2 ** 31;
/** MPAMCFG_IN_TL, MPAMCFG_OUT_TL. */
const ENABLE = 2 ** 31;

describe('request PARTIDs that are narrowed to one internal PARTID', () => {
  it('share its part of a cache, in which monitors tell them apart', () => {
    const board = new Board(boardPlan('machine.topology.l3.controls.intpartid_max=7'));
    const l3 = board.msc('l3-0');
    [20, 21].forEach((partid, pe) => {
      l3.control(partid, 'MPAMCFG_INTPARTID', INTERNAL + 2);
      l3.watchStorage(pe, { partid });
      board.runAs(pe, partid);
    });
    l3.control(2, 'MPAMCFG_CMAX', 0x3f00, { flags: INTERNAL });
    board.ask(`access 0 read 0x0 ${STREAM}`);
    expect([l3.storage(0), l3.storage(1)]).toEqual([L3_BYTES / 4, 0]);
    // The account is that of both: at the limit the other takes from it, line by line.
    board.ask('access 1 read 0x400000 +32KiB');
    expect([l3.storage(0), l3.storage(1)]).toEqual([L3_BYTES / 4 - 32 * 1024, 32 * 1024]);
    board.ask(`access 1 read 0x400000 ${STREAM}`);
    expect([l3.storage(0), l3.storage(1)]).toEqual([0, L3_BYTES / 4]);
  });

  it('share one limit of bandwidth, in which monitors tell them apart', () => {
    const board = new Board(boardPlan('machine.topology.memory.controls.intpartid_max=7'));
    const memory = board.msc('mem-0');
    [20, 21].forEach((partid, pe) => {
      memory.control(partid, 'MPAMCFG_INTPARTID', INTERNAL + 2);
      memory.watchBandwidth(pe, { partid });
      board.runAs(pe, partid);
      board.ask(`access ${pe} read 0x${pe + 4}00000 +1MiB repeat forever mlp 16 background`);
    });
    memory.control(2, 'MPAMCFG_MBW_MAX', HARDLIM + Math.floor(0.2 * 65536) - 1, { flags: INTERNAL });
    board.ask('wait 80us');
    for (const monitor of [0, 1]) memory.watchBandwidth(monitor, { partid: 20 + monitor });
    board.ask('wait 240us');
    const [first, second] = [0, 1].map((monitor) => memory.bandwidth(monitor) / (240_000 * CHANNEL_BYTES_PER_NS));
    expect((first! + second!) / 0.2).toBeCloseTo(1, 1);
    expect(first! / 0.1).toBeCloseTo(1, 1);
  });

  it('are disabled one by one: the other keeps what both may have', () => {
    const board = new Board(boardPlan('machine.topology.l3.controls.intpartid_max=7'));
    const l3 = board.msc('l3-0');
    [20, 21].forEach((partid, pe) => {
      l3.control(partid, 'MPAMCFG_INTPARTID', INTERNAL + 2);
      l3.watchStorage(pe, { partid });
      board.runAs(pe, partid);
    });
    l3.control(2, 'MPAMCFG_CPBM0', 0x000f, { flags: INTERNAL });
    l3.write('MPAMCFG_DIS', 20);
    for (const pe of [0, 1]) board.ask(`access ${pe} read 0x${pe + 4}00000 ${STREAM}`);
    expect([l3.storage(0), l3.storage(1)]).toEqual([0, L3_BYTES / 4]);
  });
});

describe('a PARTID that is translated', () => {
  const WAYS = '{ partid_max: 63, has_direct: true, has_base_mask: true }';
  const board = (...ways: readonly string[]): Board =>
    new Board(boardPlan(...ways.map((way) => `machine.topology.l3.msc.${way}=${WAYS}`)));
  const BYTES = 64 * 1024;

  /** Bytes that monitors for these PARTIDs see, in the L3 and at memory, of a read under PARTID 5. */
  function seen(one: Board, ...partids: readonly number[]): number[][] {
    const [l3, memory] = [one.msc('l3-0'), one.msc('mem-0')];
    for (const [monitor, partid] of partids.entries()) {
      l3.watchStorage(monitor, { partid });
      memory.watchBandwidth(monitor, { partid });
    }
    one.runAs(0, 5);
    one.ask('access 0 read 0x0 +64KiB');
    const each = partids.map((_, monitor) => monitor);
    return [each.map((monitor) => l3.storage(monitor)), each.map((monitor) => memory.bandwidth(monitor))];
  }

  it('on its way in is the new one in the cache, whose limit counts; it goes on to memory unaltered', () => {
    const one = board('ingress');
    const l3 = one.msc('l3-0');
    l3.control(5, 'MPAMCFG_IN_TL', ENABLE + 9, { flags: INGRESS_TL });
    expect(seen(one, 5, 9)).toEqual([
      [0, BYTES],
      [BYTES, 0],
    ]);
    l3.control(9, 'MPAMCFG_CPBM0', 0x0001);
    one.flush();
    one.ask(`access 0 read 0x400000 ${STREAM}`);
    expect(l3.storage(1)).toBe(L3_BYTES / 16);
  });

  it('on its way out is the old one in the cache and the new one at memory, where its limit counts', () => {
    const one = board('egress');
    one.msc('l3-0').control(5, 'MPAMCFG_OUT_TL', ENABLE + 12);
    expect(seen(one, 5, 12)).toEqual([
      [BYTES, 0],
      [0, BYTES],
    ]);
    const memory = one.msc('mem-0');
    memory.control(12, 'MPAMCFG_MBW_MAX', HARDLIM + 0x1fff);
    const { ns } = one.counts('access 0 read 0x400000 +4MiB mlp 16');
    // An eighth of the channel.
    expect(2 ** 22 / ns! / (CHANNEL_BYTES_PER_NS / 8)).toBeCloseTo(1, 1);
  });

  it('on both ways is a third one at memory', () => {
    const one = board('ingress', 'egress');
    const l3 = one.msc('l3-0');
    l3.control(5, 'MPAMCFG_IN_TL', ENABLE + 9, { flags: INGRESS_TL });
    l3.control(9, 'MPAMCFG_OUT_TL', ENABLE + 12);
    expect(seen(one, 5, 9, 12)).toEqual([
      [0, BYTES, 0],
      [0, 0, BYTES],
    ]);
  });

  it('on its way in goes on unaltered while translation on the way out is there and off', () => {
    const one = board('ingress', 'egress');
    const l3 = one.msc('l3-0');
    l3.control(5, 'MPAMCFG_IN_TL', ENABLE + 9, { flags: INGRESS_TL });
    l3.control(9, 'MPAMCFG_OUT_TL', 12);
    expect(seen(one, 5, 9, 12)).toEqual([
      [0, BYTES, 0],
      [BYTES, 0, 0],
    ]);
  });

  it('without an entry of its own takes its upper bits from BASE', () => {
    const one = board('egress');
    const l3 = one.msc('l3-0');
    l3.write('MPAMCFG_OUT_TL_BASE', 0x18);
    l3.write('MPAMCFG_OUT_TL_MASK', 3);
    l3.control(6, 'MPAMCFG_OUT_TL', ENABLE + 12);
    // (0x18 & ~7) | (5 & 7)
    expect(seen(one, 5, 12, 0x1d)).toEqual([
      [BYTES, 0, 0],
      [0, 0, BYTES],
    ]);
  });

  it('is itself again when translation is switched off', () => {
    const one = board('ingress', 'egress');
    const l3 = one.msc('l3-0');
    l3.control(5, 'MPAMCFG_IN_TL', ENABLE + 9, { flags: INGRESS_TL });
    l3.control(9, 'MPAMCFG_OUT_TL', ENABLE + 12);
    l3.control(5, 'MPAMCFG_IN_TL', 9, { flags: INGRESS_TL });
    l3.control(9, 'MPAMCFG_OUT_TL', 12);
    expect(seen(one, 5, 9, 12)).toEqual([
      [BYTES, 0, 0],
      [BYTES, 0, 0],
    ]);
  });
});

describe('a PARTID out of range', () => {
  it('has the settings that DEFAULT_PARTID selects, not those of PARTID 0', () => {
    const board = new Board(boardPlan('machine.topology.l3.msc.has_default_partid=true'));
    const l3 = board.msc('l3-0');
    l3.control(0, 'MPAMCFG_CPBM0', 0x000f, { flags: DEFAULT_PARTID });
    board.runAs(0, 40);
    board.ask(`access 0 read 0x400000 ${STREAM}`);
    expect(board.truth('l3-0').get('ns/40/0')!.bytes).toBe(L3_BYTES / 4);
    board.flush();
    board.runAs(0, 0);
    board.ask(`access 0 read 0x400000 ${STREAM}`);
    expect(board.truth('l3-0').get('ns/0/0')!.bytes).toBe(L3_BYTES);
  });
});
