/** The settings of one partition in one resource of an MSC as people write them. */
import type { MscFeatures, ResourceConfig } from '../msc-config.ts';

/** A share: in thousandths of a percent, rounded down to what the resource can express; or the 16-bit field of the register. */
export type ShareSetting = { readonly percentMilli: number } | { readonly field: number };

export interface PartitionSettings {
  /** Words of the portion map, unsigned: bit p of word p >> 5 is portion p. Words that are left out are 0. */
  readonly cpbm?: readonly number[];
  readonly cmax?: ShareSetting;
  readonly cmin?: ShareSetting;
  readonly cassoc?: ShareSetting;
  /** CMAX.SOFTLIM. */
  readonly softlim?: boolean;
  /** MBW_MIN: the bottom of the band. */
  readonly mbwMin?: ShareSetting;
  /** MBW_MAX: the top of the band, so never 0. */
  readonly mbwMax?: ShareSetting;
  /** MBW_MAX.HARDLIM. */
  readonly hardlim?: boolean;
  /** Words of the map of bandwidth portions, as of `cpbm`. */
  readonly mbwPbm?: readonly number[];
  /** MBW_PROP: STRIDEM1 + 1, 1 to 65536; 0: not regulated by it (EN is 0). */
  readonly stride?: number;
  /** Fields of PRI as they are written, whichever end is the lowest priority. */
  readonly intpri?: number;
  readonly dspri?: number;
  /** MBW_WINWD: the accounting window in 1/256 us, 1 to 2^24 - 1. */
  readonly winwd?: number;
  readonly enabled?: boolean;
  /** With `enabled: false`: the settings may be forgotten. */
  readonly nfu?: boolean;
  /**
   * The internal PARTID, where PARTIDs are narrowed. Left out: the one that was set before, else the one of the same number, as
   * Linux maps it.
   */
  readonly intpartid?: number;
}

/** What settings are for. */
export interface ControlledResource {
  /** What its MSC implements for all of its resources. */
  readonly msc: MscFeatures;
  readonly resource: ResourceConfig;
}

/** One setting that the resource cannot have. */
export interface SettingsProblem {
  readonly setting: keyof PartitionSettings | 'partid';
  /** What is wrong with which value, and what is allowed. */
  readonly message: string;
}

/** True if any control of a resource is set: what belongs to the PARTID that controls are looked up by. */
export function hasControls({
  enabled: _enabled,
  nfu: _nfu,
  intpartid: _intpartid,
  ...controls
}: PartitionSettings): boolean {
  return Object.values(controls).some((setting) => setting !== undefined);
}
