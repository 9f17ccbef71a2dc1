/**
 * What a PE implements of MPAM: the fields of MPAMIDR_EL1, the Exception levels, and the choices that the architecture
 * leaves to implementations. Source: Arm ARM D21, D24.12.13.
 */
import { PARTID_LIMIT, PMG_LIMIT } from './label.ts';

export const MPAM_VERSIONS = ['v0.1', 'v1.0', 'v1.1'] as const;
type MpamVersion = (typeof MPAM_VERSIONS)[number];

/** What becomes of the PMG when the PARTID had an error: CONSTRAINED UNPREDICTABLE. */
export const PMG_ON_PARTID_ERROR = ['default', 'kept'] as const;
/** How a virtual PARTID beyond the map is brought into it: free for an implementation to choose. */
export const VPARTID_REDUCTIONS = ['modulo', 'zero'] as const;

export interface PeFeatures {
  /** v0.1 is v1.1 with FORCE_NS. */
  readonly version: MpamVersion;
  /** Largest PARTID, 0 to 65535. */
  readonly partidMax: number;
  /** Largest PMG, 0 to 255. */
  readonly pmgMax: number;
  /** Virtual PARTIDs: MPAMHCR_EL2, MPAMVPMV_EL2, MPAMVPM<n>_EL2. */
  readonly hasHcr: boolean;
  /** Largest n of MPAMVPM<n>_EL2, 0 to 7: 4 * (vpmrMax + 1) virtual PARTIDs. */
  readonly vpmrMax: number;
  /** Alternative PARTID spaces (needs sp4). */
  readonly hasAltsp: boolean;
  readonly hasTidr: boolean;
  readonly hasForceNs: boolean;
  readonly hasSdeflt: boolean;
  /** Only the ID bit; the PE-side bandwidth limits themselves are not modelled. */
  readonly hasBwCtrl: boolean;
  /** Four PARTID spaces; taken to mean that FEAT_RME is there, so that EL3 is in Root state and Realm state exists. */
  readonly sp4: boolean;
  /** FEAT_SME: MPAMSM_EL1 exists. */
  readonly sme: boolean;
  /** Requests of the streaming unit are labelled by MPAMSM_EL1 (a shared unit, or the implementation's choice). */
  readonly mpamsmPrecedence: boolean;
  readonly el2: boolean;
  readonly el3: boolean;
  readonly pmgOnPartidError: (typeof PMG_ON_PARTID_ERROR)[number];
  readonly vpartidReduction: (typeof VPARTID_REDUCTIONS)[number];
}

/** A server PE: 64 PARTIDs, 2 PMGs (A 6.1), EL2 with virtual PARTIDs, EL3 firmware, Secure and Non-secure state. */
export const DEFAULT_PE_FEATURES: PeFeatures = {
  version: 'v1.1',
  partidMax: 63,
  pmgMax: 1,
  hasHcr: true,
  vpmrMax: 0,
  hasAltsp: false,
  hasTidr: true,
  hasForceNs: false,
  hasSdeflt: false,
  hasBwCtrl: false,
  sp4: false,
  sme: false,
  mpamsmPrecedence: true,
  el2: true,
  el3: true,
  pmgOnPartidError: 'default',
  vpartidReduction: 'modulo',
};

/** One thing that no PE can be. */
export interface FeatureProblem {
  readonly field: keyof PeFeatures;
  readonly value: PeFeatures[keyof PeFeatures];
  /** What the field may be, with the reason where it depends on another field. */
  readonly allowed: string;
}

/** Every rule that the features break; empty if such a PE can exist. */
export function validateFeatures(features: PeFeatures): FeatureProblem[] {
  const problems: FeatureProblem[] = [];
  const expect = (ok: boolean, field: keyof PeFeatures, allowed: string): void => {
    if (!ok) problems.push({ field, value: features[field], allowed });
  };
  const { version, partidMax, pmgMax, vpmrMax, hasHcr, el2, el3, sp4 } = features;
  expect(isIntegerUpTo(partidMax, PARTID_LIMIT), 'partidMax', `an integer from 0 to ${PARTID_LIMIT}`);
  expect(isIntegerUpTo(pmgMax, PMG_LIMIT), 'pmgMax', `an integer from 0 to ${PMG_LIMIT}`);
  expect(isIntegerUpTo(vpmrMax, 7), 'vpmrMax', 'an integer from 0 to 7');
  expect(hasHcr || vpmrMax === 0, 'vpmrMax', '0 without hasHcr');
  expect(el2 || !hasHcr, 'hasHcr', 'false without EL2');
  expect(el2 || !features.hasTidr, 'hasTidr', 'false without EL2');
  expect(version !== 'v1.0' || !features.hasTidr, 'hasTidr', 'false in v1.0');
  expect(el3 || !features.hasSdeflt, 'hasSdeflt', 'false without EL3');
  expect(version !== 'v1.0' || !features.hasSdeflt, 'hasSdeflt', 'false in v1.0');
  expect(el3 || !features.hasForceNs, 'hasForceNs', 'false without EL3');
  expect(version === 'v0.1' || !features.hasForceNs, 'hasForceNs', 'false except in v0.1');
  expect(el3 || !sp4, 'sp4', 'false without EL3');
  expect(version === 'v1.1' || !sp4, 'sp4', 'false except in v1.1');
  expect(sp4 || !features.hasAltsp, 'hasAltsp', 'false without sp4');
  return problems;
}

/** The value of MPAMIDR_EL1, as halves. */
export function mpamidrValue(features: PeFeatures): { readonly lo: number; readonly hi: number } {
  const at = (flag: boolean, position: number): number => (flag ? 1 << (position & 31) : 0);
  const { hasHcr, hasBwCtrl, hasAltsp, hasTidr, sp4, hasForceNs, hasSdeflt } = features;
  return {
    lo: features.partidMax | at(hasHcr, 17) | (features.vpmrMax << 18),
    hi:
      features.pmgMax |
      at(hasBwCtrl, 56) |
      at(hasAltsp, 57) |
      at(hasTidr, 58) |
      at(sp4, 59) |
      at(hasForceNs, 60) |
      at(hasSdeflt, 61),
  };
}

/** ID_AA64PFR0_EL1.MPAM: the major version. */
export function idAa64pfr0Mpam(features: PeFeatures): number {
  return features.version === 'v0.1' ? 0 : 1;
}

/** ID_AA64PFR1_EL1.MPAM_frac: the minor version. */
export function idAa64pfr1MpamFrac(features: PeFeatures): number {
  return features.version === 'v1.0' ? 0 : 1;
}

function isIntegerUpTo(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}
