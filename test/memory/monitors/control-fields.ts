/** Fields of MSMON_CFG_CSU_CTL and MSMON_CFG_MBWU_CTL, typed in from A 2.5. */
export const EN = 2 ** 31;
export const CAPT_RESET = 2 ** 27;
export const OFLOW_STATUS = 2 ** 26;
export const OFLOW_INTR = 2 ** 25;
export const OFLOW_FRZ = 2 ** 24;
export const OFLOW_CAPT = 2 ** 23;
export const SCLEN = 2 ** 19;
export const CEVNT_OFLW = 2 ** 18;
export const MATCH_PMG = 2 ** 17;
export const MATCH_PARTID = 2 ** 16;
export const OFLOW_STATUS_L = 2 ** 15;
export const OFLOW_INTR_L = 2 ** 14;
export const OFLOW_CAPT_L = 2 ** 13;

/** CAPT_EVNT: which event makes an instance capture. */
export const captEvnt = (event: number): number => event * 2 ** 28;
/** OFLOW_LNKG: which event an overflow raises. */
export const oflowLnkg = (event: number): number => event * 2 ** 8;

/** NRDY of the 32-bit registers. */
export const NRDY = 2 ** 31;
