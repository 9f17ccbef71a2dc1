/**
 * The fields of the monitor registers, and which of them a monitor has; the others are RAZ/WI.
 *
 * Source: Arm IHI 0099 B.a (A 2.3, 2.5, 4.2). A CSU monitor cannot overflow here, so what its control register has about
 * overflow is RAZ/WI whatever the ID register says.
 */
import {
  CSU_FLT_XCL,
  CTL_CAPT_EVNT,
  CTL_CAPT_EVNT_SHIFT,
  CTL_CAPT_RESET,
  CTL_CEVNT_OFLW,
  CTL_EN,
  CTL_MATCH_PARTID,
  CTL_MATCH_PMG,
  CTL_OFLOW_CAPT,
  CTL_OFLOW_FRZ,
  CTL_OFLOW_INTR,
  CTL_OFLOW_LNKG,
  CTL_OFLOW_STATUS,
  FLT_PARTID,
  FLT_PMG,
  MBWU_CTL_OFLOW_CAPT_L,
  MBWU_CTL_OFLOW_INTR_L,
  MBWU_CTL_OFLOW_STATUS_L,
  MBWU_CTL_SCLEN,
  MBWU_FLT_RWBW,
} from '../../arch/msc/fields.ts';
import type { CsuFeatures, MbwuFeatures, MscFrontFeatures } from '../msc-config.ts';

/** VALUE of a 32-bit monitor register, or of the upper half of a long one; NRDY is above it. */
export const VALUE_FIELD = 0x7fffffff;

/** The bits that software can write, unsigned. */
export interface MonitorFields {
  readonly filter: number;
  /** Without TYPE. */
  readonly control: number;
}

/** The fields of MSMON_CFG_CSU_FLT and _CTL. */
export function csuFields(features: CsuFeatures): MonitorFields {
  return {
    filter: mask([FLT_PARTID | FLT_PMG, true], [CSU_FLT_XCL, features.hasXcl]),
    control: mask(...commonControl(features)),
  };
}

/** The fields of MSMON_CFG_MBWU_FLT and _CTL. */
export function mbwuFields(features: MbwuFeatures, front: MscFrontFeatures): MonitorFields {
  const long = features.longBits > 0;
  const captures = features.hasCapture && features.hasOflowCapt;
  const links = features.hasOflowLnkg;
  const interrupts = overflowInterrupts(front) || links;
  return {
    filter: mask([FLT_PARTID | FLT_PMG, true], [MBWU_FLT_RWBW, features.hasRwbw]),
    control: mask(
      ...commonControl(features),
      [CTL_OFLOW_STATUS | CTL_OFLOW_FRZ, true],
      [CTL_OFLOW_INTR, interrupts],
      [MBWU_CTL_OFLOW_STATUS_L, long],
      [MBWU_CTL_OFLOW_INTR_L, long && interrupts],
      [CTL_OFLOW_CAPT, captures],
      [MBWU_CTL_OFLOW_CAPT_L, captures && long],
      [CTL_OFLOW_LNKG, links],
      [CTL_CEVNT_OFLW, features.hasCevntOflw],
      [MBWU_CTL_SCLEN, features.scale > 0],
    ),
  };
}

/** True if overflows reach somebody as interrupts (NO_HW_OFLW_INTR, HAS_OFLW_MSI). */
export function overflowInterrupts(front: MscFrontFeatures): boolean {
  return front.hasOflowInterrupt || front.hasOflwMsi;
}

/** True if an instance with this control register captures at a capture event, 1 to 7. */
export function capturesAt(control: number, event: number): boolean {
  return (control & CTL_CAPT_EVNT) >>> CTL_CAPT_EVNT_SHIFT === event;
}

type Part = readonly [bits: number, exists: boolean];

function commonControl(features: CsuFeatures | MbwuFeatures): Part[] {
  return [
    [CTL_EN, true],
    [CTL_MATCH_PARTID, !features.noMatchPartid],
    [CTL_MATCH_PMG, !features.noMatchPmg],
    [CTL_CAPT_EVNT | CTL_CAPT_RESET, features.hasCapture],
  ];
}

function mask(...parts: readonly Part[]): number {
  let bits = 0;
  for (const [part, exists] of parts) if (exists) bits |= part;
  return bits >>> 0;
}
