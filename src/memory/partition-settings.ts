/**
 * The settings of one partition in one cache as people write them, and the register writes that make them so.
 *
 * The writes and their order are those of Linux (`mpam_reprogram_ris_partid`, K 5.3): the internal PARTID first, then the
 * controls, then enable or disable. Only what is given is written.
 */
import { maximumField, minimumField, PERCENT_MILLI_MAX, smallestMaximumPercentMilli } from '../arch/fractions.ts';
import { CMAX_SOFTLIM, DIS_NFU, INTPARTID_INTERNAL, MscRegister } from '../arch/msc-registers.ts';
import type { CacheControls } from './cache-controls.ts';
import type { CacheControlFeatures } from './msc-config.ts';
import { controlPartid } from './setting-registers.ts';

/** A share: in thousandths of a percent, rounded down to what the cache can express; or the 16-bit field of the register. */
export type ShareSetting = { readonly percentMilli: number } | { readonly field: number };

export interface PartitionSettings {
  /** Words of the portion map, unsigned: bit p of word p >> 5 is portion p. Words that are left out are 0. */
  readonly cpbm?: readonly number[];
  readonly cmax?: ShareSetting;
  readonly cmin?: ShareSetting;
  readonly cassoc?: ShareSetting;
  /** CMAX.SOFTLIM. */
  readonly softlim?: boolean;
  readonly enabled?: boolean;
  /** With `enabled: false`: the settings may be forgotten. */
  readonly nfu?: boolean;
  /**
   * The internal PARTID, where PARTIDs are narrowed. Left out: the one that was set before, else the one of the same number, as
   * Linux maps it.
   */
  readonly intpartid?: number;
}

/** One setting that the cache cannot have. */
export interface SettingsProblem {
  readonly setting: keyof PartitionSettings | 'partid';
  /** What is wrong with which value, and what is allowed. */
  readonly message: string;
}

/** Takes a problem. */
type Report = (setting: SettingsProblem['setting'], message: string) => void;

/** Everything that is wrong with the settings of one PARTID for a cache with these features; empty if nothing is. */
export function settingsProblems(
  features: CacheControlFeatures,
  partid: number,
  settings: PartitionSettings,
): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  const report: Report = (setting, message) => problems.push({ setting, message });
  expectInteger(report, 'partid', partid, features.partidMax, 'the largest PARTID of this cache');
  checkPortions(report, features, settings.cpbm);
  checkShare(report, 'cmax', settings.cmax, features.hasCmax ? features.cmaxWd : 0);
  checkShare(report, 'cmin', settings.cmin, features.hasCmin ? features.cmaxWd : 0);
  checkShare(report, 'cassoc', settings.cassoc, features.cassocWd);
  if (settings.softlim !== undefined && !(features.hasCmax && features.hasSoftlim)) {
    report('softlim', 'this cache has no soft limit (HAS_CMAX_SOFTLIM is 0)');
  }
  checkEnable(report, features, settings);
  checkMapping(report, features, partid, settings);
  return problems;
}

/**
 * Write the settings of one PARTID.
 * @param space PARTID space, 0 to 3.
 * @param partid of requests; with narrowing its internal PARTID gets the controls, and whoever shares that one gets them too.
 * @returns what is wrong with the settings; then nothing was written.
 * @throws TooManyPartitionsError
 */
export function applySettings(
  controls: CacheControls,
  space: number,
  partid: number,
  settings: PartitionSettings,
): SettingsProblem[] {
  const problems = settingsProblems(controls.features, partid, settings);
  if (problems.length > 0) return problems;
  mapPartid(controls, space, partid, settings);
  const controlled = controlPartid(controls.features, space, partid, (...selector) => controls.read(...selector));
  writeControls(controls, space, controlled, settings);
  if (settings.enabled === true) controls.write(MscRegister.MPAMCFG_EN, space, partid, 0, partid);
  if (settings.enabled === false) {
    controls.write(MscRegister.MPAMCFG_DIS, space, partid, 0, partid | (settings.nfu === true ? DIS_NFU : 0));
  }
  return [];
}

function mapPartid(controls: CacheControls, space: number, partid: number, settings: PartitionSettings): void {
  const isNarrowed = controls.features.intpartidMax !== undefined;
  if (!isNarrowed || (settings.intpartid === undefined && !needsMapping(controls, space, partid, settings))) return;
  const mapping = INTPARTID_INTERNAL | (settings.intpartid ?? partid);
  controls.write(MscRegister.MPAMCFG_INTPARTID, space, partid, 0, mapping);
}

function needsMapping(controls: CacheControls, space: number, partid: number, settings: PartitionSettings): boolean {
  return hasControls(settings) && !controls.isMapped(space, partid);
}

function writeControls(controls: CacheControls, space: number, partid: number, settings: PartitionSettings): void {
  const { cpbmWd, cmaxWd, cassocWd } = controls.features;
  const { cpbm, cmax, cmin, cassoc, softlim } = settings;
  if (cpbm !== undefined) {
    for (let word = 0; word < Math.ceil(cpbmWd / 32); word++) {
      controls.write(MscRegister.MPAMCFG_CPBM, space, partid, word, cpbm[word] ?? 0);
    }
  }
  if (cmax !== undefined || softlim !== undefined) {
    const old = controls.read(MscRegister.MPAMCFG_CMAX, space, partid, 0);
    const field = cmax === undefined ? old % CMAX_SOFTLIM : maximumOf(cmax, cmaxWd)!;
    const isSoft = softlim ?? old >= CMAX_SOFTLIM;
    controls.write(MscRegister.MPAMCFG_CMAX, space, partid, 0, field + (isSoft ? CMAX_SOFTLIM : 0));
  }
  if (cmin !== undefined) {
    const field = 'field' in cmin ? cmin.field : minimumField(cmin.percentMilli, cmaxWd);
    controls.write(MscRegister.MPAMCFG_CMIN, space, partid, 0, field);
  }
  if (cassoc !== undefined) {
    controls.write(MscRegister.MPAMCFG_CASSOC, space, partid, 0, maximumOf(cassoc, cassocWd)!);
  }
}

function maximumOf(share: ShareSetting, width: number): number | undefined {
  return 'field' in share ? share.field : maximumField(share.percentMilli, width);
}

function hasControls({ cpbm, cmax, cmin, cassoc, softlim }: PartitionSettings): boolean {
  return [cpbm, cmax, cmin, cassoc, softlim].some((setting) => setting !== undefined);
}

function checkPortions(report: Report, { cpbmWd }: CacheControlFeatures, cpbm: readonly number[] | undefined): void {
  if (cpbm === undefined) return;
  if (cpbmWd === 0) {
    report('cpbm', 'this cache has no portion map (HAS_CPOR_PART is 0)');
    return;
  }
  for (const [index, word] of cpbm.entries()) {
    if (!isIntegerUpTo(word, 0xffffffff)) {
      report('cpbm', `word ${index} is ${word}, not an integer from 0 to 0xffffffff`);
      continue;
    }
    const highest = 32 * index + 31 - Math.clz32(word);
    if (word === 0 || highest < cpbmWd) continue;
    report('cpbm', `portion ${highest} does not exist: this cache has portions 0 to ${cpbmWd - 1} (CPBM_WD ${cpbmWd})`);
  }
}

/** @param width of the control in bits, 0 if there is none. */
function checkShare(
  report: Report,
  setting: 'cmax' | 'cmin' | 'cassoc',
  share: ShareSetting | undefined,
  width: number,
): void {
  if (share === undefined) return;
  if (width === 0) {
    report(setting, `this cache has no ${setting.toUpperCase()}`);
    return;
  }
  if ('field' in share) {
    expectInteger(report, setting, share.field, 0xffff, 'the largest value of the 16-bit field');
    return;
  }
  const { percentMilli } = share;
  if (!isIntegerUpTo(percentMilli, PERCENT_MILLI_MAX)) {
    report(setting, `${percentMilli / 1000} % is not a share from 0 to 100 % in steps of 0.001 %`);
  } else if (setting !== 'cmin' && maximumField(percentMilli, width) === undefined) {
    const smallest = Math.ceil(smallestMaximumPercentMilli(width)) / 1000;
    const found = `${percentMilli / 1000} % is less than a maximum of ${width} bits can be`;
    report(setting, `${found}, which is ${smallest} %; disable the PARTID to give it nothing`);
  }
}

function checkEnable(report: Report, features: CacheControlFeatures, { enabled, nfu }: PartitionSettings): void {
  if (enabled !== undefined && !features.hasEndis) {
    report('enabled', 'PARTIDs of this cache cannot be enabled or disabled (HAS_ENDIS is 0)');
  }
  if (nfu !== true) return;
  if (!features.hasNfu) report('nfu', 'this cache does not forget settings (HAS_NFU is 0)');
  else if (enabled !== false)
    report('nfu', 'settings are forgotten when a PARTID is disabled; say enabled: false, too');
}

function checkMapping(
  report: Report,
  { intpartidMax }: CacheControlFeatures,
  partid: number,
  settings: PartitionSettings,
): void {
  if (settings.intpartid !== undefined) {
    if (intpartidMax === undefined) report('intpartid', 'this cache does not narrow PARTIDs (HAS_PARTID_NRW is 0)');
    else expectInteger(report, 'intpartid', settings.intpartid, intpartidMax, 'the largest internal PARTID');
  } else if (intpartidMax !== undefined && partid > intpartidMax && hasControls(settings)) {
    const range = `internal PARTIDs go from 0 to ${intpartidMax}`;
    report(
      'intpartid',
      `PARTID ${partid} has no internal PARTID of the same number: ${range}; name the one that it shares`,
    );
  }
}

function expectInteger(
  report: Report,
  setting: SettingsProblem['setting'],
  value: number,
  max: number,
  what: string,
): void {
  if (!isIntegerUpTo(value, max)) report(setting, `${value} is not an integer from 0 to ${max}, ${what}`);
}

function isIntegerUpTo(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}
