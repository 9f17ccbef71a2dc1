/**
 * Bits of the MPAM registers as constants, for code that runs at every register write.
 *
 * A 64-bit register is two 32-bit halves: `_LO` constants belong to bits 31:0, `_HI` constants to bits 63:32. All are
 * signed 32-bit integers, as typed arrays and bit operators want them. The catalogue (register-catalogue.ts) is where
 * the positions come from; a test holds the two together.
 */

/** Bit `position` (0 to 63) as a mask of its half. */
const bit = (position: number): number => 1 << (position & 31);

/** Both PMG fields: PMG_D and PMG_I. The low half of a label register is all label (PARTID_D, PARTID_I). */
export const LABEL_MASK_HI = 0x0000ffff;
export const LABEL_MASK_LO = -1;

/** The one data pair that MPAMSM_EL1 has. */
export const MPAMSM_MASK_HI = 0x0000ff00;
export const MPAMSM_MASK_LO = 0xffff0000 | 0;

/** Bit 63 of MPAM1_EL1, MPAM2_EL2 and MPAM3_EL3. */
export const MPAMEN_HI = bit(63);

export const MPAM1_FORCED_NS_HI = bit(60);
export const MPAM1_ALTSP_FRCD_HI = bit(54);

export const MPAM2_TIDR_HI = bit(58);
export const MPAM2_ALTSP_HFC_HI = bit(56);
export const MPAM2_ALTSP_EL2_HI = bit(55);
export const MPAM2_ALTSP_FRCD_HI = bit(54);
export const MPAM2_ENMPAMSM_HI = bit(50);
export const MPAM2_TRAPMPAM0EL1_HI = bit(49);
export const MPAM2_TRAPMPAM1EL1_HI = bit(48);

export const MPAM3_TRAPLOWER_HI = bit(62);
export const MPAM3_SDEFLT_HI = bit(61);
export const MPAM3_FORCE_NS_HI = bit(60);
export const MPAM3_ALTSP_HEN_HI = bit(57);
export const MPAM3_ALTSP_HFC_HI = bit(56);
export const MPAM3_ALTSP_EL3_HI = bit(55);
export const MPAM3_RT_ALTSP_NS_HI = bit(52);

export const MPAMHCR_TRAP_MPAMIDR_EL1_LO = bit(31);
export const MPAMHCR_GSTAPP_PLK_LO = bit(8);
export const MPAMHCR_EL1_VPMEN_LO = bit(1);
export const MPAMHCR_EL0_VPMEN_LO = bit(0);
