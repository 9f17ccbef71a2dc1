/**
 * The MPAM system registers of a PE, as data: fields, encodings, reset rules and access rules.
 *
 * Source: Arm ARM (DDI 0487) D24.12 "MPAM registers" and D21. This is the only place that knows where a field lies;
 * masks, reset values, access checks and the names in the history are all derived from it.
 *
 * Left out: the PE-side bandwidth limits (MPAMBW*, FEAT_MPAM_PE_BW_CTRL), MPAM 2.0 (MPAMCTL_*), and nested
 * virtualization's memory-backed copies (NV2).
 */
import type { PeFeatures } from './features.ts';

/** A feature that is there or not; a field or register may need one. */
type FeatureFlag = 'el2' | 'el3' | 'hasHcr' | 'hasTidr' | 'hasAltsp' | 'hasForceNs' | 'hasSdeflt' | 'sme';

/**
 * What a field holds after a Warm reset. `fixed` is an ID field; `status` follows other state and has no value of its
 * own; `oneWithoutEl3` is 1 where EL3 is not implemented and UNKNOWN where it is.
 */
type ResetRule = 'unknown' | 'zero' | 'one' | 'oneWithoutEl3' | 'fixed' | 'status';

/**
 * Who sets a field's value: `rw` software; `ro` nobody (writes are ignored); `highestEl` software, but only in the
 * register of the highest implemented Exception level, elsewhere a read-only mirror of that one.
 */
type FieldAccess = 'rw' | 'ro' | 'highestEl';

export interface FieldDescription {
  readonly name: string;
  /** Most and least significant bit, 0 to 63. A field never crosses bit 32 and is at most 32 bits wide. */
  readonly high: number;
  readonly low: number;
  /** The field is RES0 without this feature. */
  readonly needs?: FeatureFlag;
  readonly access: FieldAccess;
  readonly reset: ResetRule;
  readonly doc: string;
}

/** The five op values of MRS and MSR. */
export interface Encoding {
  readonly op0: number;
  readonly op1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly op2: number;
}

/** EL2 controls that send an access from EL1 to EL2. EnMPAMSM traps while it is 0, the others while they are 1. */
export type El2Trap = 'TRAPMPAM0EL1' | 'TRAPMPAM1EL1' | 'TRAP_MPAMIDR_EL1' | 'TIDR' | 'EnMPAMSM';

/** How software reaches a register. TRAPLOWER is not listed: it applies below EL3 to whatever is not UNDEFINED. */
interface AccessRule {
  /** Accesses from lower Exception levels are UNDEFINED. */
  readonly minEl: 1 | 2 | 3;
  /** MSR is UNDEFINED on a register that is not writable. */
  readonly writable: boolean;
  readonly el2Traps: readonly El2Trap[];
}

export interface RegisterDescription {
  readonly name: string;
  readonly encoding: Encoding;
  /** Accesses are UNDEFINED without this feature. */
  readonly needs?: FeatureFlag;
  /** MPAMVPM<n>_EL2 exists if MPAMIDR_EL1.VPMR_MAX is at least n. */
  readonly needsVpmrMax?: number;
  readonly access: AccessRule;
  readonly fields: readonly FieldDescription[];
  readonly doc: string;
}

/** True if the register can be accessed at all on a PE with these features. */
export function registerExists(register: RegisterDescription, features: PeFeatures): boolean {
  if (register.needs !== undefined && !features[register.needs]) return false;
  return register.needsVpmrMax === undefined || features.vpmrMax >= register.needsVpmrMax;
}

/** True if the field is more than RES0 on a PE with these features. */
export function fieldExists(field: FieldDescription, features: PeFeatures): boolean {
  return field.needs === undefined || features[field.needs];
}

const sysreg = (op1: number, CRm: number, op2: number): Encoding => ({ op0: 3, op1, CRn: 10, CRm, op2 });

const PMG_D = unknown('PMG_D', 47, 40, 'Performance monitoring group of data accesses.');
const PMG_I = unknown('PMG_I', 39, 32, 'Performance monitoring group of instruction fetches.');
const PARTID_D = unknown('PARTID_D', 31, 16, 'Partition of data accesses.');
const PARTID_I = unknown('PARTID_I', 15, 0, 'Partition of instruction fetches.');
const LABEL: readonly FieldDescription[] = [PMG_D, PMG_I, PARTID_D, PARTID_I];

const MPAMEN: FieldDescription = {
  name: 'MPAMEN',
  high: 63,
  low: 63,
  access: 'highestEl',
  reset: 'zero',
  doc: 'MPAM is on; while 0 every Exception level emits PARTID 0 and PMG 0.',
};

const MPAM1_FIELDS: readonly FieldDescription[] = [
  MPAMEN,
  status('FORCED_NS', 60, 'hasForceNs', 'In Secure state: MPAM3_EL3.FORCE_NS is 1. Reads as 0 elsewhere.'),
  status('ALTSP_FRCD', 54, 'hasAltsp', 'EL1 and EL0 are made to use the alternative PARTID space.'),
  ...LABEL,
];

const MPAM2_FIELDS: readonly FieldDescription[] = [
  MPAMEN,
  control('TIDR', 58, 'hasTidr', 'Reads of MPAMIDR_EL1 at EL1 go to EL2.'),
  control('ALTSP_HFC', 56, 'hasAltsp', 'With ALTSP_HEN, EL1 and EL0 use the alternative PARTID space.'),
  control('ALTSP_EL2', 55, 'hasAltsp', 'With ALTSP_HEN, EL2 uses the alternative PARTID space.'),
  status('ALTSP_FRCD', 54, 'hasAltsp', 'EL2 uses the alternative PARTID space.'),
  control('EnMPAMSM', 50, 'sme', 'Accesses to MPAMSM_EL1 at EL1 are not sent to EL2.'),
  { ...bit('TRAPMPAM0EL1', 49, 'Accesses to MPAM0_EL1 at EL1 go to EL2.'), reset: 'oneWithoutEl3' },
  { ...bit('TRAPMPAM1EL1', 48, 'Accesses to MPAM1_EL1 at EL1 go to EL2.'), reset: 'oneWithoutEl3' },
  ...LABEL,
];

/** ALTSP_EL3 and RT_ALTSP_NS reset to an IMPLEMENTATION DEFINED value; the choice here is 0, the primary space. */
const MPAM3_FIELDS: readonly FieldDescription[] = [
  MPAMEN,
  { ...bit('TRAPLOWER', 62, 'MPAM register accesses below EL3 go to EL3, before any EL2 trap.'), reset: 'one' },
  control('SDEFLT', 61, 'hasSdeflt', 'Secure state emits PARTID 0 and PMG 0.'),
  control('FORCE_NS', 60, 'hasForceNs', 'Secure state emits the Non-secure PARTID space.'),
  control('ALTSP_HEN', 57, 'hasAltsp', 'MPAM2_EL2 selects the PARTID space below EL3, not ALTSP_HFC here.'),
  control('ALTSP_HFC', 56, 'hasAltsp', 'Without ALTSP_HEN, EL2, EL1 and EL0 use the alternative PARTID space.'),
  { ...control('ALTSP_EL3', 55, 'hasAltsp', 'EL3 uses an alternative PARTID space.'), reset: 'zero' },
  { ...control('RT_ALTSP_NS', 52, 'hasAltsp', 'The alternative of Root is Non-secure, not Secure.'), reset: 'zero' },
  ...LABEL,
];

const MPAMHCR_FIELDS: readonly FieldDescription[] = [
  { ...bit('TRAP_MPAMIDR_EL1', 31, 'Reads of MPAMIDR_EL1 at EL1 go to EL2.'), reset: 'oneWithoutEl3' },
  bit('GSTAPP_PLK', 8, 'EL0 uses the label of EL1 while HCR_EL2.TGE is 0.'),
  bit('EL1_VPMEN', 1, 'PARTIDs in MPAM1_EL1 are virtual.'),
  bit('EL0_VPMEN', 0, 'PARTIDs in MPAM0_EL1 are virtual, except under a host (E2H and TGE both 1).'),
];

const MPAMIDR_FIELDS: readonly FieldDescription[] = [
  id('HAS_SDEFLT', 61, 61, 'MPAM3_EL3.SDEFLT is implemented.'),
  id('HAS_FORCE_NS', 60, 60, 'MPAM3_EL3.FORCE_NS is implemented.'),
  id('SP4', 59, 59, 'Four PARTID spaces are supported, not two.'),
  id('HAS_TIDR', 58, 58, 'MPAM2_EL2.TIDR is implemented.'),
  id('HAS_ALTSP', 57, 57, 'Alternative PARTID spaces are implemented.'),
  id('HAS_BW_CTRL', 56, 56, 'PE-side bandwidth controls are implemented.'),
  id('PMG_MAX', 39, 32, 'The largest PMG that the PE can emit.'),
  id('VPMR_MAX', 20, 18, 'The largest n of MPAMVPM<n>_EL2.'),
  id('HAS_HCR', 17, 17, 'Virtual PARTIDs are supported: MPAMHCR_EL2, MPAMVPMV_EL2 and MPAMVPM<n>_EL2 exist.'),
  id('PARTID_MAX', 15, 0, 'The largest PARTID that the PE can emit.'),
];

const AT_EL1 = { minEl: 1, writable: true } as const;
const AT_EL2: AccessRule = { minEl: 2, writable: true, el2Traps: [] };

/** Every MPAM register of a PE; the index is the register's identity (`Reg`). */
export const REGISTERS: readonly RegisterDescription[] = [
  {
    name: 'MPAM0_EL1',
    encoding: sysreg(0, 5, 1),
    access: { ...AT_EL1, el2Traps: ['TRAPMPAM0EL1'] },
    fields: LABEL,
    doc: 'Labels memory requests made at EL0.',
  },
  {
    name: 'MPAM1_EL1',
    encoding: sysreg(0, 5, 0),
    access: { ...AT_EL1, el2Traps: ['TRAPMPAM1EL1'] },
    fields: MPAM1_FIELDS,
    doc: 'Labels memory requests made at EL1.',
  },
  {
    name: 'MPAM2_EL2',
    encoding: sysreg(4, 5, 0),
    needs: 'el2',
    access: AT_EL2,
    fields: MPAM2_FIELDS,
    doc: 'Labels memory requests made at EL2, and traps MPAM register accesses at EL1.',
  },
  {
    name: 'MPAM3_EL3',
    encoding: sysreg(6, 5, 0),
    needs: 'el3',
    access: { minEl: 3, writable: true, el2Traps: [] },
    fields: MPAM3_FIELDS,
    doc: 'Labels memory requests made at EL3, and is where firmware turns MPAM on and opens it to lower levels.',
  },
  {
    name: 'MPAMHCR_EL2',
    encoding: sysreg(4, 4, 0),
    needs: 'hasHcr',
    access: AT_EL2,
    fields: MPAMHCR_FIELDS,
    doc: 'Controls virtual PARTIDs and the locking of EL0 to the label of EL1.',
  },
  {
    name: 'MPAMVPMV_EL2',
    encoding: sysreg(4, 4, 1),
    needs: 'hasHcr',
    access: AT_EL2,
    fields: Array.from({ length: 32 }, (_, i) => bit(`VPM_V${31 - i}`, 31 - i, `Virtual PARTID ${31 - i} is mapped.`)),
    doc: 'Valid bits of the virtual PARTID map.',
  },
  ...Array.from({ length: 8 }, (_, n) => virtualPartidMap(n)),
  {
    name: 'MPAMIDR_EL1',
    encoding: sysreg(0, 4, 4),
    access: { minEl: 1, writable: false, el2Traps: ['TRAP_MPAMIDR_EL1', 'TIDR'] },
    fields: MPAMIDR_FIELDS,
    doc: 'What of MPAM the PE implements.',
  },
  {
    name: 'MPAMSM_EL1',
    encoding: sysreg(0, 5, 3),
    needs: 'sme',
    access: { ...AT_EL1, el2Traps: ['EnMPAMSM'] },
    fields: [PMG_D, PARTID_D],
    doc: 'Labels memory requests of SME, and of SVE and SIMD in streaming mode, where the implementation uses it.',
  },
];

/** The name that reaches the real MPAM1_EL1 while E2H sends the name MPAM1_EL1 to MPAM2_EL2. */
export const MPAM1_EL12_ENCODING: Encoding = sysreg(5, 5, 0);

function virtualPartidMap(n: number): RegisterDescription {
  return {
    name: `MPAMVPM${n}_EL2`,
    encoding: sysreg(4, 6, n),
    needs: 'hasHcr',
    needsVpmrMax: n,
    access: AT_EL2,
    fields: [3, 2, 1, 0].map((i) =>
      unknown(`PhyPARTID${4 * n + i}`, 16 * i + 15, 16 * i, `Physical PARTID of virtual PARTID ${4 * n + i}.`),
    ),
    doc: `Maps virtual PARTIDs ${4 * n} to ${4 * n + 3} to physical ones.`,
  };
}

function unknown(name: string, high: number, low: number, doc: string): FieldDescription {
  return { name, high, low, access: 'rw', reset: 'unknown', doc };
}

function bit(name: string, at: number, doc: string): FieldDescription {
  return unknown(name, at, at, doc);
}

function control(name: string, at: number, needs: FeatureFlag, doc: string): FieldDescription {
  return { ...bit(name, at, doc), needs };
}

function status(name: string, at: number, needs: FeatureFlag, doc: string): FieldDescription {
  return { name, high: at, low: at, needs, access: 'ro', reset: 'status', doc };
}

function id(name: string, high: number, low: number, doc: string): FieldDescription {
  return { name, high, low, access: 'ro', reset: 'fixed', doc };
}
