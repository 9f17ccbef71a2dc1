/**
 * The registers of an MSC (memory-system component), as data: identities, offsets in the feature page, widths, fields, when they
 * are there, and what selects one of their many copies. What the tables hold is in msc/*-registers.ts.
 *
 * Source: Arm IHI 0099 B.a, chapter 9 (A 2.2 to 2.7). All but the ID registers that say otherwise are banked by PARTID space.
 *
 * Left out: allocation monitors (CSA, a 2025 addition), and what an implementation adds of its own.
 */
import { CONTROL_REGISTERS } from './msc/control-registers.ts';
import { ERROR_REGISTERS } from './msc/error-registers.ts';
import { ID_REGISTERS } from './msc/id-registers.ts';
import { MONITOR_REGISTERS } from './msc/monitor-registers.ts';
import type { MscRegisterDescription, RegisterEntry } from './msc/register-description.ts';
import { TRANSLATION_REGISTERS } from './msc/translation-registers.ts';

/** An MSC register's identity: its index in MSC_REGISTERS and the code of stored events. Never renumbered; at most CODE_MAX. */
export const MscRegister = {
  MPAMCFG_CMAX: 0,
  MPAMCFG_CMIN: 1,
  MPAMCFG_CASSOC: 2,
  MPAMCFG_EN: 3,
  MPAMCFG_DIS: 4,
  MPAMCFG_EN_FLAGS: 5,
  MPAMCFG_INTPARTID: 6,
  MPAMCFG_CPBM: 7,
  MPAMCFG_PART_SEL: 8,
  MPAMCFG_MBW_MIN: 9,
  MPAMCFG_MBW_MAX: 10,
  MPAMCFG_MBW_WINWD: 11,
  MPAMCFG_PRI: 12,
  MPAMCFG_MBW_PROP: 13,
  MPAMCFG_MBW_PBM: 14,
  MPAMF_ESR: 15,
  MPAMF_ECR: 16,
  MPAMF_ERR_MSI_MPAM: 17,
  MPAMF_ERR_MSI_ADDR_L: 18,
  MPAMF_ERR_MSI_ADDR_H: 19,
  MPAMF_ERR_MSI_DATA: 20,
  MPAMF_ERR_MSI_ATTR: 21,
  MSMON_CFG_MON_SEL: 22,
  MSMON_CAPT_EVNT: 23,
  MSMON_CFG_CSU_FLT: 24,
  MSMON_CFG_CSU_CTL: 25,
  MSMON_CFG_MBWU_FLT: 26,
  MSMON_CFG_MBWU_CTL: 27,
  MSMON_CSU: 28,
  MSMON_CSU_CAPTURE: 29,
  MSMON_CSU_OFSR: 30,
  MSMON_MBWU: 31,
  MSMON_MBWU_CAPTURE: 32,
  MSMON_MBWU_L: 33,
  MSMON_MBWU_L_CAPTURE: 34,
  MSMON_MBWU_OFSR: 35,
  MSMON_OFLOW_MSI_MPAM: 36,
  MSMON_OFLOW_MSI_ADDR_L: 37,
  MSMON_OFLOW_MSI_ADDR_H: 38,
  MSMON_OFLOW_MSI_DATA: 39,
  MSMON_OFLOW_MSI_ATTR: 40,
  MSMON_OFLOW_SR: 41,
  MPAMCFG_IN_TL: 42,
  MPAMCFG_IN_TL_BASE: 43,
  MPAMCFG_IN_TL_MASK: 44,
  MPAMCFG_OUT_TL: 45,
  MPAMCFG_OUT_TL_BASE: 46,
  MPAMCFG_OUT_TL_MASK: 47,
  MPAMF_IDR: 48,
  MPAMF_SIDR: 49,
  MPAMF_IIDR: 50,
  MPAMF_AIDR: 51,
  MPAMF_IMPL_IDR: 52,
  MPAMF_CPOR_IDR: 53,
  MPAMF_CCAP_IDR: 54,
  MPAMF_MBW_IDR: 55,
  MPAMF_PRI_IDR: 56,
  MPAMF_PARTID_NRW_IDR: 57,
  MPAMF_MSMON_IDR: 58,
  MPAMF_CSUMON_IDR: 59,
  MPAMF_MBWUMON_IDR: 60,
  MPAMF_IN_TL_IDR: 61,
  MPAMF_OUT_TL_IDR: 62,
} as const;
export type MscRegister = (typeof MscRegister)[keyof typeof MscRegister];

const ENTRIES: Readonly<Record<keyof typeof MscRegister, RegisterEntry>> = {
  ...ID_REGISTERS,
  ...CONTROL_REGISTERS,
  ...MONITOR_REGISTERS,
  ...ERROR_REGISTERS,
  ...TRANSLATION_REGISTERS,
};

/** Every register of an MSC; the index is the register's identity (`MscRegister`). */
export const MSC_REGISTERS: readonly MscRegisterDescription[] = Object.keys(MscRegister).map((name) => {
  const entry = ENTRIES[name as keyof typeof MscRegister];
  const words = entry.words ?? 1;
  return { width: 32, words, name: words > 1 ? `${name}<n>` : name, ...entry };
});

/** The register's name, with its number where there are several: `MPAMCFG_CMAX`, `MPAMCFG_CPBM0`. */
export function mscRegisterName(register: MscRegister, word: number): string {
  return MSC_REGISTERS[register]!.name.replace('<n>', String(word));
}
