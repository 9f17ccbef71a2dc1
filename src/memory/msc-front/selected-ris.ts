/** RIS of a value of PART_SEL or MON_SEL (A 2.4, 2.5). */
import { SEL_RIS, SEL_RIS_SHIFT } from '../../arch/msc/fields.ts';

export const selectedRis = (value: number): number => (value & SEL_RIS) >>> SEL_RIS_SHIFT;
