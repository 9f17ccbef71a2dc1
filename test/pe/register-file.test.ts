import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PE_FEATURES, mpamidrValue, type PeFeatures } from '../../src/arch/features.ts';
import { PartidSpace } from '../../src/arch/label.ts';
import { NAME_COUNT, Name, REGISTER_COUNT, REGISTERS, Reg } from '../../src/arch/registers.ts';
import { World } from '../../src/loop/event-row.ts';
import { AccessOutcome, type ProcessingElements } from '../../src/pe/processing-elements.ts';
import { anyContext, anyFeatures, anyRegisters, anyValue } from './arbitrary-pe.ts';
import { naiveLabel } from './naive-label.ts';
import {
  type Context,
  high,
  highestEl,
  low,
  makePes,
  type PeFixture,
  register,
  registers,
  resetTo,
  setContext,
  writeAll,
} from './pe-fixture.ts';

const ALL_ONES = (1n << 64n) - 1n;
const LABEL = 0x0000_ffff_ffff_ffffn;
const bit = (at: number): bigint => 1n << BigInt(at);
const bits = (...at: number[]): bigint => at.reduce((mask, one) => mask | bit(one), 0n);

const FULL: PeFeatures = { ...DEFAULT_PE_FEATURES, vpmrMax: 7, hasSdeflt: true, sp4: true, hasAltsp: true, sme: true };
const V01: PeFeatures = { ...DEFAULT_PE_FEATURES, version: 'v0.1', hasForceNs: true, hasSdeflt: true };
const BARE: PeFeatures = { ...DEFAULT_PE_FEATURES, hasHcr: false, hasTidr: false };
const NO_EL3: PeFeatures = { ...DEFAULT_PE_FEATURES, el3: false };
const ONLY_EL1: PeFeatures = { ...BARE, el2: false, el3: false };

/** K 1.1: the bits that software can set, per register; what is not listed has none. */
const WRITABLE: readonly [string, PeFeatures, Readonly<Record<string, bigint>>][] = [
  [
    'v1.1 with everything',
    FULL,
    {
      MPAM0_EL1: LABEL,
      MPAM1_EL1: LABEL,
      MPAM2_EL2: LABEL | bits(58, 56, 55, 50, 49, 48),
      MPAM3_EL3: LABEL | bits(63, 62, 61, 57, 56, 55, 52),
      MPAMHCR_EL2: bits(31, 8, 1, 0),
      MPAMVPMV_EL2: 0xffff_ffffn,
      ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`MPAMVPM${n}_EL2`, ALL_ONES])),
      MPAMSM_EL1: 0x0000_ff00_ffff_0000n,
    },
  ],
  [
    'v0.1',
    V01,
    {
      MPAM0_EL1: LABEL,
      MPAM1_EL1: LABEL,
      MPAM2_EL2: LABEL | bits(58, 49, 48),
      MPAM3_EL3: LABEL | bits(63, 62, 61, 60),
      MPAMHCR_EL2: bits(31, 8, 1, 0),
      MPAMVPMV_EL2: 0xffff_ffffn,
      MPAMVPM0_EL2: ALL_ONES,
    },
  ],
  [
    'no option',
    BARE,
    { MPAM0_EL1: LABEL, MPAM1_EL1: LABEL, MPAM2_EL2: LABEL | bits(49, 48), MPAM3_EL3: LABEL | bits(63, 62) },
  ],
  [
    'no EL3',
    NO_EL3,
    {
      MPAM0_EL1: LABEL,
      MPAM1_EL1: LABEL,
      MPAM2_EL2: LABEL | bits(63, 58, 49, 48),
      MPAMHCR_EL2: bits(31, 8, 1, 0),
      MPAMVPMV_EL2: 0xffff_ffffn,
      MPAMVPM0_EL2: ALL_ONES,
    },
  ],
  ['EL1 only', ONLY_EL1, { MPAM0_EL1: LABEL, MPAM1_EL1: LABEL | bit(63) }],
];

describe('the writable bits', () => {
  it.each(WRITABLE)('of every register are those of the Arm ARM: %s', (_, features, table) => {
    const { pes } = makePes(features);
    for (const { name } of REGISTERS) {
      const reg = Reg[name as keyof typeof Reg];
      pes.enter(0, highestEl(features), 0);
      const before = register(pes, 0, reg);
      pes.write(0, reg, -1, -1);
      const set = register(pes, 0, reg) & ~before;
      expect([name, set.toString(16)]).toEqual([name, (table[name] ?? 0n).toString(16)]);
      pes.write(0, reg, 0, 0);
      expect([name, register(pes, 0, reg)]).toEqual([name, before]);
    }
  });
});

const LABEL_UNKNOWN = { MPAM0_EL1: LABEL, MPAM1_EL1: LABEL };
const MAP_UNKNOWN = (last: number): Record<string, bigint> => ({
  MPAMVPMV_EL2: 0xffff_ffffn,
  ...Object.fromEntries(Array.from({ length: last + 1 }, (_, n) => [`MPAMVPM${n}_EL2`, ALL_ONES])),
});

/** K 1.1: the UNKNOWN bits and the bits that are 1 after a Warm reset; all else is 0. */
const RESET: readonly [string, PeFeatures, Record<string, bigint>, Record<string, bigint>][] = [
  [
    'v1.1 with everything',
    FULL,
    {
      ...LABEL_UNKNOWN,
      MPAM2_EL2: LABEL | bits(58, 56, 55, 50, 49, 48),
      MPAM3_EL3: LABEL | bits(61, 57, 56),
      MPAMHCR_EL2: bits(31, 8, 1, 0),
      ...MAP_UNKNOWN(7),
      MPAMSM_EL1: 0x0000_ff00_ffff_0000n,
    },
    { MPAM3_EL3: bit(62) },
  ],
  [
    'no EL3',
    NO_EL3,
    { ...LABEL_UNKNOWN, MPAM2_EL2: LABEL | bit(58), MPAMHCR_EL2: bits(8, 1, 0), ...MAP_UNKNOWN(0) },
    { MPAM2_EL2: bits(49, 48), MPAMHCR_EL2: bit(31) },
  ],
  ['EL1 only', ONLY_EL1, LABEL_UNKNOWN, {}],
];

describe('a Warm reset', () => {
  it.each(RESET)('leaves every field as the Arm ARM says: %s', (_, features, unknown, ones) => {
    const { lo, hi } = mpamidrValue(features);
    const mpamidr = (BigInt.asUintN(32, BigInt(hi)) << 32n) | BigInt.asUintN(32, BigInt(lo));
    for (const supplied of [0n, ALL_ONES, 0x0123_4567_89ab_cdefn]) {
      const { pes, takeRows } = makePes(features);
      resetTo(pes, 0, () => supplied);
      const expected = REGISTERS.map(({ name }) =>
        name === 'MPAMIDR_EL1' ? mpamidr : (supplied & (unknown[name] ?? 0n)) | (ones[name] ?? 0n),
      );
      // Status bits: without MPAMEN only ALTSP_HFC without ALTSP_HEN shows, in both ALTSP_FRCD.
      const forced = features.hasAltsp && (expected[Reg.MPAM3_EL3]! & bits(57, 56)) === bit(56);
      if (forced) for (const reg of [Reg.MPAM1_EL1, Reg.MPAM2_EL2]) expected[reg]! |= bit(54);
      expect(registers(pes, 0)).toEqual(expected);
      expect(takeRows().every(({ el }) => el === highestEl(features))).toBe(true);
    }
  });

  it('puts the PE at its highest Exception level, in Non-secure state with EL2 enabled and E2H and TGE 0', () => {
    const { pes } = makePes(DEFAULT_PE_FEATURES);
    setContext(pes, 0, { e2h: true, tge: true, security: PartidSpace.secure, el2Enabled: false });
    pes.enter(0, 1, World.guest);
    resetTo(pes, 0, () => 0n);
    expect([pes.el(0), pes.world(0)]).toEqual([3, World.firmware]);
    pes.write(0, Name.MPAM3_EL3, 0, 1 << 31);
    pes.enter(0, 2, World.host);
    expect(pes.write(0, Name.MPAM1_EL12, 0, 0)).toBe(AccessOutcome.undefined);
    expect(pes.labels[0]! >> 24).toBe(PartidSpace.nonSecure);
  });

  it('records what is not zero afterwards, and nothing else', () => {
    const { pes, takeRows } = makePes(DEFAULT_PE_FEATURES);
    resetTo(pes, 0, (reg) => (reg === Reg.MPAM1_EL1 ? 0x0000_0100_0007_0007n : 0n));
    expect(takeRows().map(({ reg, before, after }) => [reg, before, after])).toEqual([
      [Reg.MPAM1_EL1, 0n, 0x0000_0100_0007_0007n],
      [Reg.MPAM3_EL3, 0n, bit(62)],
      [Reg.MPAMIDR_EL1, 0n, 0x0400_0001_0002_003fn],
    ]);
  });
});

describe('status bits', () => {
  it('mirror MPAMEN of the highest Exception level, each change of a mirror being an event', () => {
    const { pes, takeRows } = makePes(DEFAULT_PE_FEATURES);
    pes.enter(0, 3, World.firmware);
    pes.write(0, Name.MPAM3_EL3, 0, 1 << 31);
    expect(takeRows()).toEqual(
      [Reg.MPAM3_EL3, Reg.MPAM2_EL2, Reg.MPAM1_EL1].map((reg) => {
        return { pe: 0, reg, el: 3, world: World.firmware, before: 0n, after: bit(63) };
      }),
    );
    pes.write(0, Name.MPAM2_EL2, 0, 0);
    pes.write(0, Name.MPAM1_EL1, 0, 0);
    expect(takeRows()).toEqual([]);
    expect(pes.unchangedWrites[Reg.MPAM2_EL2]).toBe(1);
  });

  it('show FORCE_NS in Secure state only', () => {
    const { pes } = makePes(V01);
    pes.enter(0, 3, 0);
    pes.write(0, Name.MPAM3_EL3, 0, 1 << 28);
    expect(register(pes, 0, Reg.MPAM1_EL1)).toBe(0n);
    pes.setSecurity(0, PartidSpace.secure, false);
    expect(register(pes, 0, Reg.MPAM1_EL1)).toBe(bit(60));
    pes.setSecurity(0, PartidSpace.nonSecure, true);
    expect(register(pes, 0, Reg.MPAM1_EL1)).toBe(0n);
  });

  /** D21.2.2: MPAMEN, ALTSP_HEN, ALTSP_HFC of EL3; ALTSP_HFC, ALTSP_EL2 of EL2; EL2 enabled; forced at EL2, at EL1. */
  it.each([
    [1, 0, 0, 1, 1, true, false, false],
    [1, 0, 1, 0, 0, true, true, true],
    [1, 1, 1, 0, 0, true, false, false],
    [1, 1, 0, 1, 0, true, false, true],
    [1, 1, 0, 0, 1, true, true, false],
    [1, 1, 0, 1, 1, false, true, false],
    [0, 1, 0, 1, 1, true, false, false],
    [0, 0, 1, 0, 0, true, true, true],
  ])('report forced alternative spaces: %i %i %i %i %i %s', (en, hen, hfc3, hfc2, altspEl2, el2Enabled, at2, at1) => {
    const { pes } = makePes(FULL);
    pes.enter(0, 3, 0);
    pes.write(0, Name.MPAM3_EL3, 0, (en << 31) | (hen << 25) | (hfc3 << 24));
    pes.write(0, Name.MPAM2_EL2, 0, (hfc2 << 24) | (altspEl2 << 23));
    pes.setSecurity(0, PartidSpace.secure, el2Enabled);
    expect((register(pes, 0, Reg.MPAM2_EL2) & bit(54)) !== 0n).toBe(at2);
    expect((register(pes, 0, Reg.MPAM1_EL1) & bit(54)) !== 0n).toBe(at1);
  });
});

type Step =
  | { readonly do: 'write'; readonly name: number; readonly value: bigint; readonly fromTop: boolean }
  | { readonly do: 'enter'; readonly el: number; readonly world: number }
  | { readonly do: 'hcr'; readonly e2h: boolean; readonly tge: boolean }
  | { readonly do: 'security'; readonly context: Context }
  | { readonly do: 'reset'; readonly values: bigint[] };

function anyStep(features: PeFeatures): fc.Arbitrary<Step> {
  const write = fc
    .tuple(fc.integer({ min: 0, max: NAME_COUNT - 1 }), fc.integer({ min: 0, max: 3 }))
    .chain(([name, where]) =>
      anyValue(name === Name.MPAM1_EL12 ? Reg.MPAM1_EL1 : name).map((value) => {
        return { do: 'write' as const, name, value, fromTop: where > 0 };
      }),
    );
  const enter = fc
    .record({ el: fc.integer({ min: 0, max: highestEl(features) }), world: fc.integer({ min: 0, max: 3 }) })
    .map((to) => ({ do: 'enter' as const, ...to }));
  const hcr = fc.record({ e2h: fc.boolean(), tge: fc.boolean() }).map((to) => ({ do: 'hcr' as const, ...to }));
  const security = anyContext(features).map((context) => ({ do: 'security' as const, context }));
  const reset = anyRegisters.map((values) => ({ do: 'reset' as const, values }));
  return fc.oneof(
    { weight: 20, arbitrary: write },
    { weight: 6, arbitrary: enter },
    { weight: 4, arbitrary: hcr },
    { weight: 2, arbitrary: security },
    { weight: 1, arbitrary: reset },
  );
}

/** Take a step; the context that is in force after it. */
function take(pes: ProcessingElements, context: Context, step: Step, features: PeFeatures): Context {
  switch (step.do) {
    case 'write':
      if (step.fromTop) pes.enter(1, highestEl(features), World.firmware);
      pes.write(1, step.name as Name, low(step.value), high(step.value));
      return context;
    case 'enter':
      pes.enter(1, step.el, step.world);
      return context;
    case 'hcr':
      pes.setHcr(1, step.e2h, step.tge);
      return { ...context, e2h: step.e2h, tge: step.tge };
    case 'security':
      pes.setSecurity(1, step.context.security, step.context.el2Enabled);
      return { ...context, security: step.context.security, el2Enabled: step.context.el2Enabled };
    case 'reset':
      resetTo(pes, 1, (reg) => step.values[reg]!);
      return { e2h: false, tge: false, security: PartidSpace.nonSecure, el2Enabled: features.el2 };
  }
}

/** Fold the rows into a register file: each must start from what the one before left, and change it. */
function replay(rows: ReturnType<PeFixture['takeRows']>, file: bigint[]): void {
  for (const { pe, reg, before, after } of rows) {
    expect([pe, before]).toEqual([1, file[reg]]);
    expect(after).not.toBe(before);
    file[reg] = after;
  }
}

describe('any sequence of writes, resets and changes of context', () => {
  it('leaves labels as if worked out anew, and rows that fold to the registers', () => {
    const anyRun = anyFeatures.chain((features) =>
      fc.record({
        features: fc.constant(features),
        start: anyRegisters,
        steps: fc.array(anyStep(features), { minLength: 1, maxLength: 40 }),
      }),
    );
    fc.assert(
      fc.property(anyRun, ({ features, start, steps }) => {
        const { pes, takeRows } = makePes([DEFAULT_PE_FEATURES, features, DEFAULT_PE_FEATURES]);
        const neighbours = pes.labels.slice();
        const file = Array.from({ length: REGISTER_COUNT }, () => 0n);
        writeAll(pes, 1, features, start);
        let context: Context = { e2h: false, tge: false, security: PartidSpace.nonSecure, el2Enabled: features.el2 };
        for (const step of steps) {
          context = take(pes, context, step, features);
          replay(takeRows(), file);
          const held = registers(pes, 1);
          expect(held).toEqual(file);
          for (let el = 0; el <= highestEl(features); el++) {
            const data = naiveLabel(features, held, context, el, 'data');
            const instruction = naiveLabel(features, held, context, el, 'instruction');
            expect(pes.labels[8 + 2 * el]).toBe(pack(data));
            expect(pes.labels[8 + 2 * el + 1]).toBe(pack(instruction));
          }
        }
        for (const pe of [0, 2]) {
          expect(registers(pes, pe).every((value) => value === 0n)).toBe(true);
          expect(pes.labels.slice(8 * pe, 8 * pe + 8)).toEqual(neighbours.slice(8 * pe, 8 * pe + 8));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function pack({ space, partid, pmg, error }: ReturnType<typeof naiveLabel>): number {
  const code = { secure: 0, 'non-secure': 1, root: 2, realm: 3 }[space];
  return partid + pmg * 0x1_0000 + code * 0x100_0000 + (error ? 0x400_0000 : 0);
}

describe('a PE that cannot be', () => {
  it('is refused when it is built', () => {
    expect(() => makePes({ ...DEFAULT_PE_FEATURES, partidMax: 65536 })).toThrow('partidMax = 65536');
  });

  it('is not put into a Security state that it does not have', () => {
    const { pes } = makePes([DEFAULT_PE_FEATURES, ONLY_EL1]);
    expect(() => pes.setSecurity(0, PartidSpace.root, true)).toThrow(RangeError);
    expect(() => pes.setSecurity(0, PartidSpace.realm, true)).toThrow(RangeError);
    expect(() => pes.setSecurity(1, PartidSpace.nonSecure, true)).toThrow(RangeError);
  });
});
