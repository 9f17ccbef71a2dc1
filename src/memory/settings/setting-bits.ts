/**
 * Which bits of an MSC's settings exist, by what the MSC and its resource implement; the others are RAZ/WI.
 *
 * Source: Arm IHI 0099 B.a (A 2.3 widths, 2.4 fields). Fractions are left-justified in their 16 bits; strides and priorities are
 * right-justified.
 */
import { fractionMask } from '../../arch/fractions.ts';
import {
  CMAX_SOFTLIM,
  INTPARTID_FIELD,
  INTPARTID_INTERNAL,
  MBW_MAX_HARDLIM,
  MBW_PROP_EN,
  MBW_WINWD_US,
  PRI_DSPRI_SHIFT,
} from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type {
  BandwidthControlFeatures,
  CacheControlFeatures,
  MscFeatures,
  PriorityFeatures,
  ResourceConfig,
} from '../msc-config.ts';

/** The bits of a setting that a resource has, for PARTIDs that are in range; unsigned. 0: there is no such control or word. */
export function resourceBits(resource: ResourceConfig, register: MscRegister, word: number): number {
  const { cacheControls, bandwidth, priority } = resource;
  if (register === MscRegister.MPAMCFG_CPBM) return lowBits((cacheControls?.cpbmWd ?? 0) - 32 * word);
  if (register === MscRegister.MPAMCFG_MBW_PBM) return lowBits((bandwidth?.bwpbmWd ?? 0) - 32 * word);
  if (word !== 0) return 0;
  if (register === MscRegister.MPAMCFG_PRI) return priority === undefined ? 0 : priorityBits(priority);
  if (cacheControls !== undefined && isCapacityControl(register)) return capacityBits(cacheControls, register);
  return bandwidth === undefined ? 0 : bandwidthBits(bandwidth, register);
}

/** The bits of a register that an MSC has once for all of its resources. `partid`: of requests, or the first of the group. */
export function sharedBits(features: MscFeatures, register: MscRegister, partid: number): number {
  if (register === MscRegister.MPAMCFG_EN_FLAGS) {
    return features.hasEndis ? lowBits(features.partidMax + 1 - partid) : 0;
  }
  if (register === MscRegister.MPAMCFG_INTPARTID) {
    return features.intpartidMax === undefined ? 0 : INTPARTID_INTERNAL | INTPARTID_FIELD;
  }
  return 0; // MPAMCFG_EN and MPAMCFG_DIS are write-only: their state is EN_FLAGS.
}

/** Bits of a setting that the resource has that read as one whatever is written: HARDLIM where every limit is hard (MAX_LIM 10). */
export function alwaysOne({ bandwidth }: ResourceConfig, register: MscRegister): number {
  const isHard = register === MscRegister.MPAMCFG_MBW_MAX && bandwidth?.maxLimit === 'hard';
  return isHard ? MBW_MAX_HARDLIM : 0;
}

/** The lowest `count` bits of a word, unsigned: none at 0 or less, all from 32 on. */
export function lowBits(count: number): number {
  if (count <= 0) return 0;
  return count >= 32 ? 0xffffffff : 2 ** count - 1;
}

function isCapacityControl(register: MscRegister): boolean {
  return (
    register === MscRegister.MPAMCFG_CMAX ||
    register === MscRegister.MPAMCFG_CMIN ||
    register === MscRegister.MPAMCFG_CASSOC
  );
}

function capacityBits(features: CacheControlFeatures, register: MscRegister): number {
  if (register === MscRegister.MPAMCFG_CASSOC) return fractionMask(features.cassocWd);
  if (register === MscRegister.MPAMCFG_CMIN) return features.hasCmin ? fractionMask(features.cmaxWd) : 0;
  if (!features.hasCmax) return 0;
  return fractionMask(features.cmaxWd) + (features.hasSoftlim ? CMAX_SOFTLIM : 0);
}

function bandwidthBits(features: BandwidthControlFeatures, register: MscRegister): number {
  switch (register) {
    case MscRegister.MPAMCFG_MBW_MIN:
      return features.hasMin ? fractionMask(features.bwaWd) : 0;
    case MscRegister.MPAMCFG_MBW_MAX:
      if (!features.hasMax) return 0;
      return fractionMask(features.bwaWd) + (features.maxLimit === 'both' ? MBW_MAX_HARDLIM : 0);
    case MscRegister.MPAMCFG_MBW_PROP:
      return features.hasProp ? lowBits(features.bwaWd) + MBW_PROP_EN : 0;
    case MscRegister.MPAMCFG_MBW_WINWD:
      return MBW_WINWD_US;
    default:
      return 0;
  }
}

function priorityBits({ intpriWd, dspriWd }: PriorityFeatures): number {
  return lowBits(intpriWd) + lowBits(dspriWd) * 2 ** PRI_DSPRI_SHIFT;
}
