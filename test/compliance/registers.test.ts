/**
 * A walk through the feature pages of the MSCs of several machines: a register is there if and only if the ID registers say so
 * (A 2.2), and all else is RAZ/WI. Offsets, conditions and fields are those that were typed in from the fact sheet.
 */
import { describe, expect, it } from 'vitest';
import { MSC_FIELDS, MSC_REGISTER_PLACES, type RegisterPlace } from '../arch/msc-register-reference.ts';
import { Board, boardPlan } from './board.ts';
import { INGRESS_TL, INTERNAL, type MscPage } from './msc-page.ts';
import { oneMscBoard } from './one-msc-board.ts';

const ONES = 0xffffffff;
const PAGE_BYTES = 0x4000;
const PARTID = 1;
const [MBW_WINWD] = MSC_REGISTER_PLACES.MPAMCFG_MBW_WINWD!;

type IdValues = ReadonlyMap<string, number>;

const onL3 = (setting: string): string => `machine.topology.l3.${setting}`;
const onMemory = (setting: string): string => `machine.topology.memory.${setting}`;
const TRANSLATION = '{ partid_max: 63, has_direct: true, has_base_mask: true }';
const PLAIN_CACHE = '{ partid_max: 31, cpbm_wd: 16, cmax_wd: 8 }';

/** Machines, and the RIS and MSCs that they have. */
const MACHINES: readonly (readonly [name: string, make: () => Board, mscs: readonly string[], risMax: number])[] = [
  ['with everything', () => new Board(), ['l3-0', 'mem-0'], 0],
  ['without bandwidth', () => new Board(boardPlan('machine.topology.memory={ recorded: 16MiB }')), ['l3-0'], 0],
  [
    'of version 1.0',
    () =>
      new Board(
        boardPlan(
          onL3(`controls=${PLAIN_CACHE}`),
          onL3('monitors={ csu: { num_mon: 2 } }'),
          onL3('msc={ version: v1.0 }'),
          onMemory('monitors={ mbwu: { num_mon: 2 } }'),
          onMemory('msc={ version: v1.0 }'),
        ),
      ),
    ['l3-0', 'mem-0'],
    0,
  ],
  [
    'that narrows and translates PARTIDs',
    () =>
      new Board(
        boardPlan(
          onL3('controls.intpartid_max=7'),
          onMemory('controls.intpartid_max=7'),
          onL3(`msc.ingress=${TRANSLATION}`),
          onL3(`msc.egress=${TRANSLATION}`),
        ),
      ),
    ['l3-0', 'mem-0'],
    0,
  ],
  ['with two channels, each a resource instance', () => new Board(boardPlan(onMemory('channels=2'))), ['mem-0'], 1],
  ['with a cache and a channel in one MSC', oneMscBoard, ['soc'], 1],
  [
    'without monitors and errors',
    () =>
      new Board(
        boardPlan(
          onL3('monitors=none'),
          onL3('msc={ has_esr: false }'),
          onMemory('monitors={}'),
          onMemory('msc={ has_esr: false }'),
        ),
      ),
    ['l3-0', 'mem-0'],
    0,
  ],
  [
    'with controls of few kinds',
    () =>
      new Board(
        boardPlan(
          onL3('controls={ cpbm_wd: 0, cassoc_wd: 4, has_endis: false }'),
          onMemory('controls={ has_min: false, max_limit: hard, bwa_wd: 7 }'),
        ),
      ),
    ['l3-0', 'mem-0'],
    0,
  ],
];

/** Fields of the ID registers as they read, as `REGISTER.FIELD`. */
function idValues(msc: MscPage): IdValues {
  const values = new Map<string, number>();
  for (const [register, fields] of Object.entries(MSC_FIELDS)) {
    const place = MSC_REGISTER_PLACES[register]!;
    if (!register.startsWith('MPAMF_') || place[2] !== 'ro' || fields === '') continue;
    const value = msc.readWide(register);
    for (const [, name, high, low = high] of fields.matchAll(/(\w+) (\d+)(?::(\d+))?/g)) {
      const width = BigInt(Number(high) - Number(low) + 1);
      values.set(`${register}.${name}`, Number((value >> BigInt(low!)) & ((1n << width) - 1n)));
    }
  }
  return values;
}

const CONTROL_KINDS = ['HAS_CCAP_PART', 'HAS_CPOR_PART', 'HAS_MBW_PART', 'HAS_PRI_PART', 'HAS_PARTID_NRW', 'HAS_ENDIS'];

/** Whether a condition of A 2.2 holds, by the ID registers alone. */
function holds(condition: string, ids: IdValues, isSecure: boolean): boolean {
  const idr = (field: string): boolean => ids.get(`MPAMF_IDR.${field}`) === 1;
  switch (condition) {
    case 'Secure page':
      return isSecure;
    case 'errors':
      // v1.0 has no field for it; the machines of that version here can detect errors.
      return idr('HAS_ESR') || !idr('EXT');
    case 'controls':
      return idr('HAS_RIS') || CONTROL_KINDS.some(idr);
    case 'monitors':
      return idr('HAS_MSMON');
    default:
      return condition.startsWith('!') ? ids.get(condition.slice(1)) !== 1 : ids.get(condition) === 1;
  }
}

/** How many words a register of a page has: of the bitmaps as many as their width fills. */
function wordsOf(register: string, width: 32 | 64, ids: IdValues): number {
  if (register === 'MPAMCFG_CPBM') return Math.ceil(ids.get('MPAMF_CPOR_IDR.CPBM_WD')! / 32);
  if (register === 'MPAMCFG_MBW_PBM') return Math.ceil(ids.get('MPAMF_MBW_IDR.BWPBM_WD')! / 32);
  if (register === 'MPAMF_IDR') return 1 + ids.get('MPAMF_IDR.EXT')!;
  if (register === 'MPAMF_ESR') return 1 + ids.get('MPAMF_IDR.HAS_EXTD_ESR')!;
  return width / 32;
}

/** The registers that are there while a RIS is selected, by offset of their first words. */
function presentRegisters(ids: IdValues, isSecure = false): [name: string, place: RegisterPlace][] {
  return Object.entries(MSC_REGISTER_PLACES).filter(([, place]) =>
    place[4].split(' ').every((condition) => condition === '' || holds(condition, ids, isSecure)),
  );
}

function offsetsOf(ids: IdValues, isSecure = false): Set<number> {
  const offsets = new Set<number>();
  for (const [name, [offset, width]] of presentRegisters(ids, isSecure)) {
    for (let word = 0; word < wordsOf(name, width, ids); word++) offsets.add(offset + 4 * word);
  }
  return offsets;
}

/** Select what a register is looked up by, with PARTIDs that exist. */
function selectFor(msc: MscPage, name: string, [, , , selectedBy]: RegisterPlace, ids: IdValues, ris: number): void {
  const isNarrowed = selectedBy === 'control' && ids.get('MPAMF_IDR.HAS_PARTID_NRW') === 1;
  const flags = (isNarrowed ? INTERNAL : 0) + (name === 'MPAMCFG_IN_TL' ? INGRESS_TL : 0);
  if (holds('controls', ids, false)) msc.select(PARTID, { ris, flags });
  if (holds('monitors', ids, false)) msc.selectMonitor(0, ris);
}

/** Read-only ID registers that hold 0 in no MSC that has them. Without quirks MPAMF_IIDR is 0, and SIDR is elsewhere. */
const isNeverZero = (name: string): boolean =>
  name.startsWith('MPAMF_') && !['MPAMF_IIDR', 'MPAMF_SIDR'].includes(name);

/** What a register reads as after something other than 0 was written that it can hold. */
function afterWriting(msc: MscPage, name: string, place: RegisterPlace): number {
  const [offset] = place;
  msc.write32(offset, name === 'MPAMCFG_INTPARTID' ? INTERNAL + 1 : ONES);
  const value = msc.read32(offset);
  if (name === 'MPAMF_ECR' || name === 'MPAMF_ESR') msc.write32(offset, 0);
  return value;
}

describe.each(MACHINES)('a machine %s', (_, make, mscs, risMax) => {
  const cases = mscs.flatMap((name) => Array.from({ length: risMax + 1 }, (_, ris) => [name, ris] as const));

  it.each(cases)('%s, RIS %i: what the ID registers tell of is there', (name, ris) => {
    const msc = make().msc(name);
    msc.select(0, { ris });
    const ids = idValues(msc);
    for (const [register, place] of presentRegisters(ids)) {
      const [offset, , access] = place;
      selectFor(msc, register, place, ids, ris);
      if (access === 'rw') expect([register, afterWriting(msc, register, place)]).not.toEqual([register, 0]);
      else if (access === 'ro' && isNeverZero(register))
        expect([register, msc.read32(offset)]).not.toEqual([register, 0]);
      else expect([register, msc.read32(offset)]).toEqual([register, 0]);
    }
  });

  it.each(cases)('%s, RIS %i: all else reads 0 and ignores writes', (name, ris) => {
    const msc = make().msc(name);
    const present = new Set<number>();
    for (let each = 0; each <= risMax; each++) {
      msc.select(PARTID, { ris: each });
      // One for all resources (A 7 #5).
      if (offsetsOf(idValues(msc)).has(MBW_WINWD)) present.add(MBW_WINWD);
    }
    msc.select(PARTID, { ris });
    const ids = idValues(msc);
    if (holds('monitors', ids, false)) msc.selectMonitor(0, ris);
    for (const offset of offsetsOf(ids)) present.add(offset);
    for (let offset = 0; offset < PAGE_BYTES; offset += 4) {
      if (present.has(offset)) continue;
      msc.write32(offset, ONES);
      const value = msc.read32(offset);
      if (value !== 0) expect([offset.toString(16), value]).toEqual([offset.toString(16), 0]);
    }
    expect(idValues(msc)).toEqual(ids);
  });

  it.each(mscs)('%s tells the same in each page, and MPAMF_SIDR in the Secure one', (name) => {
    const board = make();
    const [ns, s] = [board.msc(name), board.msc(name, 's')];
    const secureIds = idValues(s);
    const ids = idValues(ns);
    for (const [field, value] of ids) {
      if (!field.startsWith('MPAMF_SIDR')) expect([field, secureIds.get(field)]).toEqual([field, value]);
    }
    expect(secureIds.get('MPAMF_SIDR.S_PARTID_MAX')).toBe(ids.get('MPAMF_IDR.PARTID_MAX'));
    expect(ns.read('MPAMF_SIDR')).toBe(0);
  });
});

it.each([
  ['RAZ/WI is not an error where no resource has the register', () => new Board(), 'l3-0', 0n],
  ['where another resource has it, it is one', oneMscBoard, 'soc', 9n],
] as const)('%s', (_, make, name, code) => {
  const msc = make().msc(name);
  msc.control(PARTID, 'MPAMCFG_MBW_MAX', ONES);
  expect((msc.readWide('MPAMF_ESR') >> 24n) & 0xfn).toBe(code);
});

describe('the ID registers say what the board has', () => {
  const board = new Board();

  it.each([
    ['l3-0', 'MPAMF_AIDR', { ArchMajorRev: 1, ArchMinorRev: 1 }],
    ['l3-0', 'MPAMF_IDR', { PARTID_MAX: 31, PMG_MAX: 1, HAS_CCAP_PART: 1, HAS_CPOR_PART: 1, HAS_MBW_PART: 0 }],
    ['l3-0', 'MPAMF_IDR', { HAS_PRI_PART: 0, HAS_MSMON: 1, HAS_RIS: 0, HAS_EXTD_ESR: 1, HAS_ERR_MSI: 1, HAS_ENDIS: 1 }],
    ['l3-0', 'MPAMF_CPOR_IDR', { CPBM_WD: 16 }],
    [
      'l3-0',
      'MPAMF_CCAP_IDR',
      { CMAX_WD: 8, CASSOC_WD: 4, HAS_CASSOC: 1, HAS_CMIN: 1, NO_CMAX: 0, HAS_CMAX_SOFTLIM: 1 },
    ],
    ['l3-0', 'MPAMF_MSMON_IDR', { MSMON_CSU: 1, MSMON_MBWU: 0, HAS_OFLW_MSI: 1 }],
    ['l3-0', 'MPAMF_CSUMON_IDR', { NUM_MON: 4, HAS_CAPTURE: 1, HAS_XCL: 1, CSU_RO: 0 }],
    ['mem-0', 'MPAMF_IDR', { PARTID_MAX: 31, HAS_CCAP_PART: 0, HAS_CPOR_PART: 0, HAS_MBW_PART: 1, HAS_PRI_PART: 1 }],
    [
      'mem-0',
      'MPAMF_MBW_IDR',
      { BWA_WD: 16, MAX_LIM: 0, HAS_MIN: 1, HAS_MAX: 1, HAS_PBM: 1, HAS_PROP: 1, BWPBM_WD: 20 },
    ],
    ['mem-0', 'MPAMF_PRI_IDR', { HAS_INTPRI: 1, INTPRI_WD: 3, HAS_DSPRI: 1, DSPRI_WD: 4 }],
    ['mem-0', 'MPAMF_MBWUMON_IDR', { NUM_MON: 4, SCALE: 6, HAS_RWBW: 1, LWD: 0, HAS_LONG: 1, HAS_CAPTURE: 1 }],
  ])('%s %s', (name, register, fields) => {
    const ids = idValues(board.msc(name));
    for (const [field, value] of Object.entries(fields)) {
      expect([field, ids.get(`${register}.${field}`)]).toEqual([field, value]);
    }
  });

  it('a machine of version 1.0 has no extended IDR, and nothing that came with 1.1', () => {
    const [, make] = MACHINES[2]!;
    const ids = idValues(make().msc('l3-0'));
    const told = (field: string): number => ids.get(field)!;
    expect([told('MPAMF_AIDR.ArchMajorRev'), told('MPAMF_AIDR.ArchMinorRev'), told('MPAMF_IDR.EXT')]).toEqual([
      1, 0, 0,
    ]);
    expect([told('MPAMF_IDR.HAS_ENDIS'), told('MPAMF_IDR.HAS_ESR'), told('MPAMF_CCAP_IDR.HAS_CMIN')]).toEqual([
      0, 0, 0,
    ]);
    expect([told('MPAMF_IDR.HAS_CCAP_PART'), told('MPAMF_CCAP_IDR.CMAX_WD')]).toEqual([1, 8]);
  });
});
