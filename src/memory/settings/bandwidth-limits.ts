/**
 * What the settings of one partition mean for a bandwidth resource: thresholds, stride, priorities and a map of portions.
 *
 * Source: Arm IHI 0099 B.a (A 3.1, 3.6, 3.7, 3.11). Controls that the resource does not have are as those that do not limit.
 */
import { windowPs } from '../../arch/accounting-window.ts';
import { maximumNumerator, minimumNumerator, WHOLE_NUMERATOR } from '../../arch/fractions.ts';
import { MBW_MAX_HARDLIM, MBW_PROP_EN, MBW_PROP_STRIDEM1, PRI_DSPRI_SHIFT, PRI_INTPRI } from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type { ResourceConfig } from '../msc-config.ts';
import type { BandwidthLimits } from './bandwidth-slots.ts';
import type { SettingReader } from './regulated-resource.ts';

/** The limits of a partition. */
export function bandwidthLimits({ bandwidth, priority }: ResourceConfig, read: SettingReader): BandwidthLimits {
  const bwaWd = bandwidth?.bwaWd ?? 0;
  const max = read(MscRegister.MPAMCFG_MBW_MAX, 0);
  const maximum = bandwidth?.hasMax === true ? maximumNumerator(max, bwaWd) : WHOLE_NUMERATOR;
  const prop = read(MscRegister.MPAMCFG_MBW_PROP, 0);
  const pri = read(MscRegister.MPAMCFG_PRI, 0);
  const { intpriWd = 0, intpri0IsLow = true, dspriWd = 0, dspri0IsLow = true } = priority ?? {};
  return {
    minimum: minimumNumerator(read(MscRegister.MPAMCFG_MBW_MIN, 0), bwaWd),
    maximum,
    isHard: maximum !== WHOLE_NUMERATOR && max >= MBW_MAX_HARDLIM,
    stride: prop >= MBW_PROP_EN ? (prop & MBW_PROP_STRIDEM1) + 1 : 0,
    priority: urgency(pri & PRI_INTPRI, intpriWd, intpri0IsLow),
    downstreamPriority: urgency(pri >>> PRI_DSPRI_SHIFT, dspriWd, dspri0IsLow),
    windowPs: windowPs(read(MscRegister.MPAMCFG_MBW_WINWD, 0)),
  };
}

/** The partition's map of bandwidth portions: bit p of word p >> 5. Empty if the resource has no portions. */
export function bandwidthPortionWords({ bandwidth }: ResourceConfig, read: SettingReader): Uint32Array {
  const words = new Uint32Array(Math.ceil((bandwidth?.bwpbmWd ?? 0) / 32));
  for (let word = 0; word < words.length; word++) words[word] = read(MscRegister.MPAMCFG_MBW_PBM, word);
  return words;
}

/** A priority as a number that grows with urgency (`*_0_IS_LOW`, A 3.7); undefined if there is no such field. */
function urgency(value: number, width: number, zeroIsLow: boolean): number | undefined {
  if (width === 0) return undefined;
  return zeroIsLow ? value : 2 ** width - 1 - value;
}
