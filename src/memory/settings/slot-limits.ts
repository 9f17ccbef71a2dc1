/**
 * What the settings of one partition mean in one cache: counts of lines and ways, and a map of portions.
 *
 * Source: Arm IHI 0099 B.a (A 3.1, 3.3, 3.4, 3.11). A setting that does not limit becomes "no limit", so that the access
 * loop has nothing to look at.
 */
import { isWhole, maximumRoundedDown, maximumRoundedUp, minimumRoundedUp } from '../../arch/fractions.ts';
import { CMAX_SOFTLIM } from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import { UNLIMITED } from '../../loop/assembly/layout.ts';
import type { CacheControlFeatures } from '../msc-config.ts';
import type { SlotLimits } from './partition-slots.ts';
import type { SettingReader } from './regulated-resource.ts';

/** The limits of a partition in a cache of `sets` times `ways` lines. */
export function slotLimits(
  features: CacheControlFeatures,
  read: SettingReader,
  sets: number,
  ways: number,
): SlotLimits {
  const { cmaxWd, cassocWd } = features;
  const lines = sets * ways;
  const cmax = read(MscRegister.MPAMCFG_CMAX, 0);
  const cassoc = read(MscRegister.MPAMCFG_CASSOC, 0);
  const hasMaximum = features.hasCmax && !isWhole(cmax, cmaxWd);
  const hasAssociativity = cassocWd > 0 && !isWhole(cassoc, cassocWd);
  return {
    growthLimit: hasMaximum ? maximumRoundedUp(cmax, cmaxWd, lines) : UNLIMITED,
    dropLimit: hasMaximum ? maximumRoundedDown(cmax, cmaxWd, lines) : UNLIMITED,
    minimum: features.hasCmin ? minimumRoundedUp(read(MscRegister.MPAMCFG_CMIN, 0), cmaxWd, lines) : 0,
    associativity: hasAssociativity ? maximumRoundedUp(cassoc, cassocWd, ways) : UNLIMITED,
    isSoft: hasMaximum && cmax >= CMAX_SOFTLIM,
  };
}

/** The partition's map of portions: bit p of word p >> 5. Empty if the cache has no portions. */
export function portionWords(features: CacheControlFeatures, read: SettingReader): Uint32Array {
  const words = new Uint32Array(Math.ceil(features.cpbmWd / 32));
  return words.map((_, word) => read(MscRegister.MPAMCFG_CPBM, word));
}

export function hasLimits(limits: SlotLimits): boolean {
  return limits.growthLimit !== UNLIMITED || limits.associativity !== UNLIMITED || limits.minimum > 0;
}

/** True if the partition may not allocate some of the `count` portions. */
export function excludesPortions(words: Uint32Array, count: number): boolean {
  const full = 0xffffffff;
  return words.some((word, index) => {
    const beyond = Math.max(0, 32 * (index + 1) - count);
    return word !== full >>> beyond;
  });
}
