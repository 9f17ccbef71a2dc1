/**
 * What silicon quirks change of an MSC that is not in a register of its own: its identity, and what a minimum of 0 does.
 *
 * Source: K section 4. Drivers recognise errata by MPAMF_IIDR, so an MSC that is to be worked around must show the right one.
 */
import { WHOLE_NUMERATOR } from '../arch/fractions.ts';
import type { MscQuirk } from './msc-config.ts';
import type { BandwidthLimits } from './settings/bandwidth-slots.ts';

/** NVIDIA T241: product 0x241, variant 0, revision 0, implementer 0x36b. */
const T241_IIDR = 0x2410036b;
/** Arm CMN-650: product 0, implementer 0x43b. */
const CMN_650_IIDR = 0x0000043b;

/** MPAMF_IIDR of the part that has these quirks; undefined: of no known one. T241 goes first where they are mixed. */
export function quirkIidr(quirks: readonly MscQuirk[]): number | undefined {
  if (quirks.some((quirk) => quirk.startsWith('T241'))) return T241_IIDR;
  return quirks.includes('CMN-650-3642720') ? CMN_650_IIDR : undefined;
}

/**
 * Erratum T241-MPAM-4: without contention a partition may settle anywhere between its minimum and its maximum, so that a
 * minimum of 0 may leave it throttled for ever.
 *
 * Modelled as a rule: with a minimum of 0 the partition is held at the smallest maximum that BWA_WD can express; with any other
 * it has its maximum. So the work-around, a minimum of at least one step, gives what was asked for.
 * @param limits of a partition of a resource that has MBW_MIN.
 * @param bwaWd 1 to 16.
 */
export function limitsOnT241(limits: BandwidthLimits, bwaWd: number): BandwidthLimits {
  return limits.minimum > 0 ? limits : { ...limits, maximum: WHOLE_NUMERATOR >>> bwaWd, isHard: true };
}
