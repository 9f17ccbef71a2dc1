import { describe, expect, it } from 'vitest';
import { DEFAULT_PE_FEATURES, type PeFeatures } from '../../src/arch/features.ts';
import { PartidSpace } from '../../src/arch/label.ts';
import { encodeFields, NAMES, Name, REGISTERS, Reg } from '../../src/arch/registers.ts';
import { AccessOutcome } from '../../src/pe/processing-elements.ts';
import { highestEl, makePes, type PeFixture, registers, resetTo, value64 } from './pe-fixture.ts';

/**
 * K 1.1 and 1.2, row by row: the lowest Exception level that has the name, which control of EL2 stops EL1, and what the
 * register needs to exist.
 */
const TABLE: Readonly<
  Record<string, { el: number; trap?: (c: Controls) => boolean; needs?: (f: PeFeatures) => boolean; readOnly?: true }>
> = {
  MPAM0_EL1: { el: 1, trap: (c) => c.TRAPMPAM0EL1 },
  MPAM1_EL1: { el: 1, trap: (c) => c.TRAPMPAM1EL1 },
  MPAM2_EL2: { el: 2, needs: (f) => f.el2 },
  MPAM3_EL3: { el: 3, needs: (f) => f.el3 },
  MPAMHCR_EL2: { el: 2, needs: (f) => f.hasHcr },
  MPAMVPMV_EL2: { el: 2, needs: (f) => f.hasHcr },
  MPAMVPM0_EL2: { el: 2, needs: (f) => f.hasHcr },
  MPAMVPM1_EL2: { el: 2, needs: (f) => f.hasHcr && f.vpmrMax >= 1 },
  MPAMVPM2_EL2: { el: 2, needs: (f) => f.hasHcr && f.vpmrMax >= 2 },
  MPAMVPM3_EL2: { el: 2, needs: (f) => f.hasHcr && f.vpmrMax >= 3 },
  MPAMVPM4_EL2: { el: 2, needs: (f) => f.hasHcr && f.vpmrMax >= 4 },
  MPAMVPM5_EL2: { el: 2, needs: (f) => f.hasHcr && f.vpmrMax >= 5 },
  MPAMVPM6_EL2: { el: 2, needs: (f) => f.hasHcr && f.vpmrMax >= 6 },
  MPAMVPM7_EL2: { el: 2, needs: (f) => f.hasHcr && f.vpmrMax >= 7 },
  MPAMIDR_EL1: { el: 1, trap: (c) => c.TIDR || c.TRAP_MPAMIDR_EL1, readOnly: true },
  MPAMSM_EL1: { el: 1, trap: (c) => !c.EnMPAMSM, needs: (f) => f.sme },
  MPAM1_EL12: { el: 2 },
};

type Controls = Record<(typeof CONTROLS)[number], boolean>;

interface Case {
  readonly name: string;
  readonly el: number;
  readonly e2h: boolean;
  readonly tge: boolean;
  readonly el2Enabled: boolean;
  readonly isWrite: boolean;
}

/** The outcome, and the register reached if it is done. */
function expected(f: PeFeatures, controls: Controls, c: Case): string {
  const rule = TABLE[c.name]!;
  const el2Host = c.e2h && c.el2Enabled;
  if (c.el < rule.el || (rule.needs && !rule.needs(f)) || (rule.readOnly && c.isWrite)) return 'undefined';
  if (c.name === 'MPAM1_EL12' && !el2Host) return 'undefined';
  if (c.el < 3 && f.el3 && controls.TRAPLOWER) return 'trapToEl3';
  if (c.el === 1 && c.el2Enabled && rule.trap?.(controls)) return 'trapToEl2';
  if (c.name === 'MPAM1_EL12') return 'MPAM1_EL1';
  if (c.name === 'MPAM1_EL1' && c.el === 2 && el2Host) return 'MPAM2_EL2';
  return c.name;
}

const BOTH = [false, true];

function* allCases(features: PeFeatures): Generator<Case> {
  for (let el = 0; el <= highestEl(features); el++) {
    for (const el2Enabled of features.el2 ? BOTH : [false]) {
      if (el === 2 && !el2Enabled) continue;
      for (const e2h of BOTH) {
        for (const tge of BOTH) {
          for (const { name } of NAMES) {
            for (const isWrite of BOTH) yield { name, el, e2h, tge, el2Enabled, isWrite };
          }
        }
      }
    }
  }
}

const CONTROLS = ['TRAPLOWER', 'TRAPMPAM0EL1', 'TRAPMPAM1EL1', 'TIDR', 'EnMPAMSM', 'TRAP_MPAMIDR_EL1'] as const;

function* allControls(): Generator<Controls> {
  for (let set = 0; set < 1 << CONTROLS.length; set++) {
    yield Object.fromEntries(CONTROLS.map((control, at) => [control, ((set >> at) & 1) !== 0])) as unknown as Controls;
  }
}

/**
 * A PE with these controls, in which no two registers hold the same value, so that a value that is read tells where it
 * came from.
 */
function peWith(features: PeFeatures, controls: Controls): PeFixture {
  const fixture = makePes(features);
  const { TRAPLOWER, TRAPMPAM0EL1, TRAPMPAM1EL1, TIDR, EnMPAMSM, TRAP_MPAMIDR_EL1 } = controls;
  const wanted: Partial<Record<Reg, Record<string, boolean>>> = {
    [Reg.MPAM2_EL2]: { TRAPMPAM0EL1, TRAPMPAM1EL1, TIDR, EnMPAMSM },
    [Reg.MPAM3_EL3]: { TRAPLOWER },
    [Reg.MPAMHCR_EL2]: { TRAP_MPAMIDR_EL1, GSTAPP_PLK: true },
  };
  resetTo(fixture.pes, 0, () => 0n);
  fixture.pes.enter(0, highestEl(features), 0);
  for (const reg of Object.values(Reg)) {
    const bits = Object.entries(wanted[reg] ?? {}).map(([field, on]) => [field, on ? 1 : 0] as const);
    const { lo, hi } = encodeFields(reg, Object.fromEntries(bits));
    const mark = reg === Reg.MPAMHCR_EL2 ? 0 : (reg + 1) << 16;
    fixture.pes.write(0, reg, lo | mark, hi);
  }
  const values = registers(fixture.pes, 0).filter((value) => value !== 0n);
  expect(new Set(values).size).toBe(values.length);
  fixture.takeRows();
  return fixture;
}

/** Do the access, and say what happened in the words of `expected`. A write writes what `target` holds already. */
function happened({ pes, takeRows }: PeFixture, c: Case, target: number): string {
  pes.setSecurity(0, PartidSpace.secure, c.el2Enabled);
  pes.setHcr(0, c.e2h, c.tge);
  pes.enter(0, c.el, 0);
  const name = Name[c.name as keyof typeof Name];
  const counts = pes.unchangedWrites.slice();
  const value = target === -1 ? { lo: 0, hi: 0 } : { lo: pes.registerLo(0, target), hi: pes.registerHi(0, target) };
  const outcome = c.isWrite ? pes.write(0, name, value.lo, value.hi) : pes.read(0, name);
  if (outcome !== AccessOutcome.done) return OUTCOME_NAMES[outcome]!;
  const reached = c.isWrite
    ? pes.unchangedWrites.findIndex((count, reg) => count !== counts[reg])
    : registers(pes, 0).indexOf(value64(pes.valueLo, pes.valueHi));
  return takeRows().length > 0 ? 'another register' : (REGISTERS[reached]?.name ?? 'no register');
}

const OUTCOME_NAMES = ['done', 'trapToEl2', 'trapToEl3', 'undefined'];

const PROFILES: readonly [string, PeFeatures][] = [
  ['everything', { ...DEFAULT_PE_FEATURES, vpmrMax: 7, sme: true }],
  ['no virtual PARTIDs and no TIDR', { ...DEFAULT_PE_FEATURES, hasHcr: false, hasTidr: false, sme: true }],
  ['a small map and no SME', { ...DEFAULT_PE_FEATURES, vpmrMax: 3 }],
  ['no EL3', { ...DEFAULT_PE_FEATURES, el3: false, sme: true }],
  ['no EL2', { ...DEFAULT_PE_FEATURES, el2: false, hasHcr: false, hasTidr: false, sme: true }],
];

describe('an MRS or MSR', () => {
  it.each(PROFILES)(
    'reaches its register, traps or is UNDEFINED as the Arm ARM says, on a PE with %s',
    (_, features) => {
      let cases = 0;
      for (const controls of allControls()) {
        const fixture = peWith(features, controls);
        const effective = { ...controls };
        if (!features.hasTidr) effective.TIDR = false;
        if (!features.hasHcr) effective.TRAP_MPAMIDR_EL1 = false;
        for (const c of allCases(features)) {
          const wanted = expected(features, effective, c);
          const target = REGISTERS.findIndex(({ name }) => name === wanted);
          const got = happened(fixture, c, target);
          if (got !== wanted)
            expect({ ...c, ...controls, outcome: got }).toEqual({ ...c, ...controls, outcome: wanted });
          cases++;
        }
      }
      expect(cases).toBeGreaterThan(20_000);
    },
  );

  it('leaves the value registers alone when a read traps', () => {
    const { pes } = makePes(DEFAULT_PE_FEATURES);
    pes.enter(0, 3, 0);
    pes.write(0, Name.MPAM0_EL1, 77, 0);
    pes.read(0, Name.MPAM0_EL1);
    pes.enter(0, 0, 0);
    expect(pes.read(0, Name.MPAM0_EL1)).toBe(AccessOutcome.undefined);
    expect([pes.valueLo, pes.valueHi]).toEqual([77, 0]);
  });
});
