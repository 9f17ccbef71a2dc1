/** Random PEs for property tests: features that can exist, register values near the interesting limits, contexts. */
import fc from 'fast-check';
import { DEFAULT_PE_FEATURES, MPAM_VERSIONS, type PeFeatures, validateFeatures } from '../../src/arch/features.ts';
import { PartidSpace } from '../../src/arch/label.ts';
import { REGISTER_COUNT, Reg } from '../../src/arch/registers.ts';
import type { Context } from './pe-fixture.ts';

const mostly = fc.integer({ min: 0, max: 4 }).map((n) => n > 0);

const wish = fc.record({
  version: fc.constantFrom(...MPAM_VERSIONS, 'v1.1' as const, 'v1.1' as const),
  partidMax: fc.constantFrom(0, 1, 5, 31, 63, 0xffff),
  pmgMax: fc.constantFrom(0, 1, 3, 0xff),
  vpmrMax: fc.oneof(fc.constantFrom(0, 7), fc.integer({ min: 0, max: 7 })),
  hasHcr: mostly,
  hasAltsp: mostly,
  hasTidr: fc.boolean(),
  hasForceNs: fc.boolean(),
  hasSdeflt: fc.boolean(),
  sp4: mostly,
  sme: fc.boolean(),
  mpamsmPrecedence: fc.boolean(),
  el2: mostly,
  el3: mostly,
  pmgOnPartidError: fc.constantFrom('default' as const, 'kept' as const),
  vpartidReduction: fc.constantFrom('modulo' as const, 'zero' as const),
});

/** Any PE that can exist. */
export const anyFeatures: fc.Arbitrary<PeFeatures> = wish.map((w) => {
  const hasHcr = w.hasHcr && w.el2;
  const sp4 = w.sp4 && w.el3 && w.version === 'v1.1';
  const features: PeFeatures = {
    ...DEFAULT_PE_FEATURES,
    ...w,
    hasHcr,
    vpmrMax: hasHcr ? w.vpmrMax : 0,
    sp4,
    hasAltsp: w.hasAltsp && sp4,
    hasTidr: w.hasTidr && w.el2 && w.version !== 'v1.0',
    hasSdeflt: w.hasSdeflt && w.el3 && w.version !== 'v1.0',
    hasForceNs: w.hasForceNs && w.el3 && w.version === 'v0.1',
  };
  if (validateFeatures(features).length > 0) throw new Error('arbitrary features must be possible');
  return features;
});

export const anyContext = (features: PeFeatures): fc.Arbitrary<Context> =>
  fc.record({
    e2h: fc.boolean(),
    tge: fc.boolean(),
    security: fc.constantFrom(PartidSpace.nonSecure, PartidSpace.secure, ...(features.sp4 ? [PartidSpace.realm] : [])),
    el2Enabled: features.el2 ? fc.boolean() : fc.constant(false),
  });

const partid = fc.oneof(
  fc.integer({ min: 0, max: 7 }),
  fc.integer({ min: 0, max: 31 }),
  fc.integer({ min: 0, max: 70 }),
  fc.integer({ min: 0, max: 0xffff }),
);
const pmg = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 0xff }));

/** A label register: PARTIDs and PMGs around the limits, and any control bits, MPAMEN mostly 1. */
const labelRegister = fc
  .tuple(partid, partid, pmg, pmg, fc.integer({ min: 0, max: 0x7fff }), fc.integer({ min: 0, max: 3 }))
  .map(
    ([partidD, partidI, pmgD, pmgI, controls, enable]) =>
      (enable > 0 ? 1n << 63n : 0n) |
      (BigInt(controls) << 48n) |
      (BigInt(pmgD) << 40n) |
      (BigInt(pmgI) << 32n) |
      (BigInt(partidD) << 16n) |
      BigInt(partidI),
  );

const mapRegister = fc
  .array(partid, { minLength: 4, maxLength: 4 })
  .map((entries) => entries.reduce((value, entry, index) => value | (BigInt(entry) << BigInt(16 * index)), 0n));

const validBits = fc.oneof(fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }), fc.constantFrom(0n, 1n, (1n << 64n) - 1n));
const hypervisorControl = fc
  .tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean())
  .map(([vpmen0, vpmen1, plk, trap]) => BigInt(+vpmen0 | (+vpmen1 << 1) | (+plk << 8)) | (trap ? 1n << 31n : 0n));

/** A value to write to a register. */
export function anyValue(reg: number): fc.Arbitrary<bigint> {
  if (reg <= Reg.MPAM3_EL3 || reg === Reg.MPAMSM_EL1) return labelRegister;
  if (reg === Reg.MPAMHCR_EL2) return hypervisorControl;
  if (reg === Reg.MPAMVPMV_EL2) return validBits;
  return mapRegister;
}

/** Values for all registers, by identity. */
export const anyRegisters: fc.Arbitrary<bigint[]> = fc.tuple(
  ...Array.from({ length: REGISTER_COUNT }, (_, reg) => anyValue(reg)),
);
