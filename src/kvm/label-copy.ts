/**
 * The copying of a label from one register to another, which the posted patches do in different forms (K 3.4): as a mask
 * and bits to set in the upper half. PARTIDs, the lower half, are copied as they stand.
 */
import { LABEL_MASK_HI, MPAMEN_HI, type Name } from '../arch/registers.ts';
import type { LabelCopy } from './kernels.ts';
import { type KvmHost, mrs, msr } from './kvm-host.ts';

interface CopyMasks {
  readonly keepHigh: number;
  readonly setHigh: number;
}

const COPY_MASKS: Readonly<Record<LabelCopy, CopyMasks>> = {
  none: { keepHigh: 0, setHigh: 0 },
  whole: { keepHigh: -1, setHigh: 0 },
  masked: { keepHigh: LABEL_MASK_HI, setHigh: 0 },
  'masked-mpamen': { keepHigh: LABEL_MASK_HI, setHigh: MPAMEN_HI },
};

/** Read `from` and write it to `to`, in that form. */
export function copyLabel(host: KvmHost, pe: number, from: Name, to: Name, form: LabelCopy): void {
  const { keepHigh, setHigh } = COPY_MASKS[form];
  mrs(host, pe, from);
  msr(host, pe, to, host.pes.valueLo, (host.pes.valueHi & keepHigh) | setHigh);
}
