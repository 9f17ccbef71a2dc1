/**
 * The MPAM information bundle of a memory request (PARTID space, PARTID, PMG) as one small integer, and the layout of
 * the label fields in MPAM0_EL1, MPAM1_EL1, MPAM2_EL2 and MPAM3_EL3.
 *
 * Packed label: PARTID 15:0, PMG 23:16, PARTID space 25:24, error 26. Comparing two labels is comparing two integers.
 */

/**
 * PARTID spaces, coded as on the MPAM_SP signal (Arm ARM D21.2.3). The same codes name the Security state that has
 * the space as its primary one.
 */
export const PartidSpace = { secure: 0, nonSecure: 1, root: 2, realm: 3 } as const;
export type PartidSpace = (typeof PartidSpace)[keyof typeof PartidSpace];

/** The widths of the fields; what a PE implements of them is in its MPAMIDR_EL1 (PeFeatures.partidMax, pmgMax). */
export const PARTID_LIMIT = 0xffff;
export const PMG_LIMIT = 0xff;

const PMG_SHIFT = 16;
const SPACE_SHIFT = 24;
/** The PARTID could not be used as it stood (out of range, or no mapping of a virtual one) and became 0. */
const LABEL_ERROR = 1 << 26;

/** Pack a label. Ranges (16-bit PARTID, 8-bit PMG) are the caller's duty: this runs at every label change. */
export function packLabel(space: number, partid: number, pmg: number, error = false): number {
  return partid | (pmg << PMG_SHIFT) | (space << SPACE_SHIFT) | (error ? LABEL_ERROR : 0);
}

export const labelPartid = (label: number): number => label & 0xffff;
export const labelPmg = (label: number): number => (label >>> PMG_SHIFT) & 0xff;
export const labelSpace = (label: number): PartidSpace => ((label >>> SPACE_SHIFT) & 3) as PartidSpace;
export const labelHasError = (label: number): boolean => (label & LABEL_ERROR) !== 0;

/** Bits 31:0 of a label register: PARTID_D 31:16, PARTID_I 15:0. */
export const labelRegisterLow = (partidD: number, partidI: number): number => (partidD << 16) | partidI;

/** Bits 63:32 of a label register, as far as they are label: PMG_D 47:40, PMG_I 39:32. */
export const labelRegisterHigh = (pmgD: number, pmgI: number): number => (pmgD << 8) | pmgI;
