/**
 * Masks of the fields of MSC registers that code looks at, named after register and field (Arm IHI 0099 B.a; A 2.4 to 2.7).
 * Fields that both kinds of monitors have in the same place are named after CTL and FLT.
 */

/** CMAX.SOFTLIM: at the limit, free lines and those of disabled PARTIDs may still be taken. */
export const CMAX_SOFTLIM = 0x80000000;
/** MBW_MAX.HARDLIM: at the limit, requests are held. */
export const MBW_MAX_HARDLIM = 0x80000000;
/** MBW_PROP.EN, STRIDEM1: stride less 1. */
export const MBW_PROP_EN = 0x80000000;
export const MBW_PROP_STRIDEM1 = 0xffff;
/** MBW_WINWD.US_INT and US_FRAC: microseconds, 16.8 fixed point. */
export const MBW_WINWD_US = 0xffffff;
/** PRI.INTPRI, DSPRI. */
export const PRI_INTPRI = 0xffff;
export const PRI_DSPRI_SHIFT = 16;

/** DIS.NFU: the settings of the disabled PARTID may be forgotten. */
export const DIS_NFU = 0x80000000;
/** EN.PARTID and DIS.PARTID. */
export const PARTID_FIELD = 0xffff;
/** INTPARTID.INTERNAL: must be written as 1. */
export const INTPARTID_INTERNAL = 0x10000;
export const INTPARTID_FIELD = 0xffff;
/** PARTIDs that one EN_FLAGS register is about. */
export const EN_FLAGS_PARTIDS = 32;

export const PART_SEL_PARTID_SEL = 0xffff;
export const PART_SEL_INTERNAL = 0x10000;
export const PART_SEL_INGRESS_TL = 0x20000;
export const PART_SEL_DEFAULT_PARTID = 0x40000;
export const MON_SEL_MON_SEL = 0xffff;
/** RIS of PART_SEL and MON_SEL. */
export const SEL_RIS = 0xf000000;
export const SEL_RIS_SHIFT = 24;

/** CSU_FLT and MBWU_FLT. */
export const FLT_PARTID = 0xffff;
export const FLT_PMG = 0xff0000;
export const FLT_PMG_SHIFT = 16;
export const CSU_FLT_XCL = 0x80000000;
export const MBWU_FLT_RWBW = 0xc0000000;
export const MBWU_FLT_RWBW_SHIFT = 30;

/** CSU_CTL and MBWU_CTL. */
export const CTL_EN = 0x80000000;
export const CTL_CAPT_EVNT = 0x70000000;
export const CTL_CAPT_EVNT_SHIFT = 28;
export const CTL_CAPT_RESET = 0x8000000;
export const CTL_OFLOW_STATUS = 0x4000000;
export const CTL_OFLOW_INTR = 0x2000000;
export const CTL_OFLOW_FRZ = 0x1000000;
export const CTL_OFLOW_CAPT = 0x800000;
export const CTL_CEVNT_OFLW = 0x40000;
export const CTL_MATCH_PMG = 0x20000;
export const CTL_MATCH_PARTID = 0x10000;
export const CTL_OFLOW_LNKG = 0x700;
export const CTL_OFLOW_LNKG_SHIFT = 8;
export const CSU_CTL_TYPE = 0x43;
export const MBWU_CTL_TYPE = 0x42;
export const MBWU_CTL_SCLEN = 0x80000;
export const MBWU_CTL_OFLOW_STATUS_L = 0x8000;
export const MBWU_CTL_OFLOW_INTR_L = 0x4000;
export const MBWU_CTL_OFLOW_CAPT_L = 0x2000;

/** NRDY of 32-bit values, and of the upper half of 64-bit ones. */
export const MSMON_NRDY = 0x80000000;
export const CAPT_EVNT_NOW = 0x1;
export const CAPT_EVNT_ALL = 0x2;
export const OFLOW_SR_MBWU_OFLOW_PND = 0x40000000;

export const ESR_PARTID_MON = 0xffff;
export const ESR_PMG_SHIFT = 16;
export const ESR_ERRCODE = 0xf000000;
export const ESR_ERRCODE_SHIFT = 24;
export const ESR_OVRWR = 0x80000000;
export const ECR_INTEN = 0x1;
/** ERR_MSI_ATTR and OFLOW_MSI_ATTR. */
export const MSI_ATTR_MSIEN = 0x1;

/** IN_TL and OUT_TL. */
export const TL_ENABLE = 0x80000000;
export const TL_PARTID_TL = 0xffff;
export const TL_MASK_WD = 0x1f;
