/** Changes of MSC registers, as the view and the named query tell them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { runQuery } from '../../src/analysis/run-query.ts';
import { PartidSpace } from '../../src/arch/label.ts';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { EventKind, packMscSelector, World } from '../../src/loop/event-row.ts';
import { CommandCode } from '../../src/run/codes.ts';
import { storeRun } from '../support/run-files.ts';
import type { SyntheticEvent } from '../support/synthetic-events.ts';

const { nonSecure, realm } = PartidSpace;
const { MPAMCFG_CMAX: CMAX, MPAMCFG_CMIN: CMIN, MPAMCFG_CASSOC: CASSOC, MPAMCFG_CPBM: CPBM } = MscRegister;
const { MPAMCFG_MBW_MIN: MBW_MIN, MPAMCFG_MBW_MAX: MBW_MAX, MPAMCFG_MBW_PBM: MBW_PBM, MSMON_MBWU_L } = MscRegister;

describe('msc_register_change_v and the query msc-registers', () => {
  const command: SyntheticEvent = {
    ...{ seq: 1, timeNs: 10, kind: EventKind.command, el: 2, world: World.host, code: CommandCode.move, pe: 0 },
    ...{ causeSeq: 0, words: [1, 0, 0, 0, 0] },
  };
  let file: string;

  function change(seq: number, msc: number, code: number, partid: number, values: readonly [number, number], word = 0) {
    const selector = packMscSelector({ partid, space: seq === 6 ? realm : nonSecure, ris: 0, internal: seq === 6 });
    const words = [selector, word, ...values, 0] as unknown as SyntheticEvent['words'];
    return {
      ...command,
      seq,
      timeNs: seq * 10,
      kind: EventKind.mscRegisterChange,
      el: 0,
      code,
      pe: msc,
      causeSeq: 1,
      words,
    };
  }

  beforeAll(async () => {
    const events = [
      command,
      change(2, 0, CPBM, 2, [-1, 0xf], 31),
      // CMAX_WD is 8, CASSOC_WD 4: 0x80 and 0x8 are the highest implemented bits.
      change(3, 0, CMAX, 2, [0xff00, 0x8000_8000 | 0]),
      change(4, 1, CMIN, 5, [0, 0x4000]),
      change(5, 1, CASSOC, 5, [0xf000, 0x3000]),
      change(6, 1, CPBM, 7, [0, 1]),
      // The MSC of memory. BWA_WD is 6: 0x0400 is the lowest implemented bit.
      change(7, 3, MBW_MIN, 5, [0, 0x4000]),
      change(8, 3, MBW_MAX, 5, [0xfc00, 0x8000_4000 | 0]),
      change(9, 3, MBW_PBM, 5, [0, 0xff], 2),
      change(10, 3, MSMON_MBWU_L, 4, [0, 0x80000000 | 0], 1),
    ];
    file = (await storeRun(events)).path;
  });

  it('show registers in words, fractions to the bit, and causes', () => {
    const columns =
      'machine, cache, register, partid, partid_space, old_value, new_value, old_fraction, new_fraction, cause';
    const sql = `SELECT ${columns} FROM msc_register_change_v WHERE cache = 'l3-0' ORDER BY seq`;
    expect([...runQuery(file, sql).rows]).toEqual([
      ['before', 'l3-0', 'MPAMCFG_CPBM31', 2, 'Non-secure', '0xffffffff', '0x0000000f', null, null, 'move'],
      ['before', 'l3-0', 'MPAMCFG_CMAX', 2, 'Non-secure', '0x0000ff00', '0x80008000', 1, 129 / 256, 'move'],
      ['after', 'l3-0', 'MPAMCFG_CMIN', 5, 'Non-secure', '0x00000000', '0x00004000', 0, 0.25, 'move'],
      ['after', 'l3-0', 'MPAMCFG_CASSOC', 5, 'Non-secure', '0x0000f000', '0x00003000', 1, 0.25, 'move'],
      ['after', 'l3-0', 'MPAMCFG_CPBM0', 7, 'Realm', '0x00000000', '0x00000001', null, null, 'move'],
    ]);
  });

  it('give bandwidth as fractions, say what is hard, and name monitors by instance', () => {
    const columns = 'msc, channel, register, partid, instance, new_value, old_fraction, new_fraction, new_hardlim';
    const sql = `SELECT ${columns} FROM msc_register_change_v WHERE msc = 'mem-0' ORDER BY seq`;
    expect([...runQuery(file, sql).rows]).toEqual([
      ['mem-0', 'mem-0.0', 'MPAMCFG_MBW_MIN', 5, null, '0x00004000', 0, 0.25, null],
      ['mem-0', 'mem-0.0', 'MPAMCFG_MBW_MAX', 5, null, '0x80004000', 1, 17 / 64, 1],
      ['mem-0', 'mem-0.0', 'MPAMCFG_MBW_PBM2', 5, null, '0x000000ff', null, null, null],
      ['mem-0', 'mem-0.0', 'MSMON_MBWU_L[63:32]', null, 4, '0x80000000', null, null, null],
    ]);
  });

  it('can be narrowed to a PARTID', () => {
    const { rows } = runQuery(file, 'msc-registers', {
      params: { partid: 7, machine: 'after', msc: 'l3-0', cache: 'l3-0' },
    });
    const place = ['after', 'l3-0', 0, 'l3-0', 'l3-0'];
    expect([...rows]).toEqual([
      [6, 60, ...place, 'MPAMCFG_CPBM0', 7, null, 'Realm', 'yes', '0x00000000', '0x00000001', null, null, 'move', 1],
    ]);
  });
});
