/** What is wrong with the settings of a partition for a resource: a control that it does not have, or a value out of range. */
import { WINWD_MAX } from '../../arch/accounting-window.ts';
import { maximumField, PERCENT_MILLI_MAX, smallestMaximumPercentMilli } from '../../arch/fractions.ts';
import type { BandwidthControlFeatures, CacheControlFeatures, MscFeatures, PriorityFeatures } from '../msc-config.ts';
import {
  type ControlledResource,
  hasControls,
  type PartitionSettings,
  type SettingsProblem,
  type ShareSetting,
} from './partition-settings.ts';

/** Takes problems, and knows what the resource is called in them. */
interface Report {
  readonly what: 'this cache' | 'this memory';
  readonly problem: (setting: SettingsProblem['setting'], message: string) => void;
}

/** Controls of a resource that has none, to check settings against. */
const NO_CACHE_CONTROLS: Pick<
  CacheControlFeatures,
  'cpbmWd' | 'cmaxWd' | 'cassocWd' | 'hasCmax' | 'hasCmin' | 'hasSoftlim'
> = { cpbmWd: 0, cmaxWd: 0, cassocWd: 0, hasCmax: false, hasCmin: false, hasSoftlim: false };
const NO_BANDWIDTH_CONTROLS: Omit<BandwidthControlFeatures, 'winwd'> = {
  bwaWd: 0,
  hasMin: false,
  hasMax: false,
  maxLimit: 'soft',
  bwpbmWd: 0,
  hasProp: false,
  windwr: false,
};

/** Everything that is wrong with the settings of one PARTID for a resource; empty if nothing is. */
export function settingsProblems(
  { msc, resource }: ControlledResource,
  partid: number,
  settings: PartitionSettings,
): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  const report: Report = {
    what: resource.cache === undefined ? 'this memory' : 'this cache',
    problem: (setting, message) => problems.push({ setting, message }),
  };
  expectInteger(report, 'partid', partid, 0, msc.partidMax, `the largest PARTID of ${report.what}`);
  checkCacheControls(report, resource.cacheControls ?? NO_CACHE_CONTROLS, settings);
  checkBandwidthControls(report, resource.bandwidth ?? NO_BANDWIDTH_CONTROLS, settings);
  checkPriorities(report, resource.priority, settings);
  checkEnable(report, msc, settings);
  checkMapping(report, msc, partid, settings);
  return problems;
}

function checkCacheControls(report: Report, features: typeof NO_CACHE_CONTROLS, settings: PartitionSettings): void {
  checkPortions(report, 'cpbm', settings.cpbm, features.cpbmWd);
  checkShare(report, 'cmax', settings.cmax, features.hasCmax ? features.cmaxWd : 0);
  checkShare(report, 'cmin', settings.cmin, features.hasCmin ? features.cmaxWd : 0);
  checkShare(report, 'cassoc', settings.cassoc, features.cassocWd);
  if (settings.softlim !== undefined && !(features.hasCmax && features.hasSoftlim)) {
    report.problem('softlim', `${report.what} has no soft limit (HAS_CMAX_SOFTLIM is 0)`);
  }
}

function checkBandwidthControls(
  report: Report,
  features: typeof NO_BANDWIDTH_CONTROLS,
  settings: PartitionSettings,
): void {
  checkShare(report, 'mbwMin', settings.mbwMin, features.hasMin ? features.bwaWd : 0);
  checkShare(report, 'mbwMax', settings.mbwMax, features.hasMax ? features.bwaWd : 0);
  checkHardLimit(report, features, settings.hardlim);
  checkPortions(report, 'mbwPbm', settings.mbwPbm, features.bwpbmWd);
  if (settings.stride !== undefined) {
    if (!features.hasProp) report.problem('stride', `${report.what} has no proportional stride (HAS_PROP is 0)`);
    else expectInteger(report, 'stride', settings.stride, 0, 2 ** features.bwaWd, `2 to the power of BWA_WD`);
  }
  if (settings.winwd !== undefined) {
    if (!features.windwr)
      report.problem('winwd', `the accounting window of ${report.what} cannot be set (WINDWR is 0)`);
    else expectInteger(report, 'winwd', settings.winwd, 1, WINWD_MAX, 'in 1/256 us');
  }
}

function checkHardLimit(report: Report, features: typeof NO_BANDWIDTH_CONTROLS, hardlim: boolean | undefined): void {
  if (hardlim === undefined) return;
  const { hasMax, maxLimit } = features;
  if (!hasMax) report.problem('hardlim', `${report.what} has no MBW_MAX (HAS_MAX is 0)`);
  else if (hardlim && maxLimit === 'soft')
    report.problem('hardlim', `${report.what} has soft limits only (MAX_LIM is 1)`);
  else if (!hardlim && maxLimit === 'hard')
    report.problem('hardlim', `${report.what} has hard limits only (MAX_LIM is 2)`);
}

function checkPriorities(report: Report, priority: PriorityFeatures | undefined, settings: PartitionSettings): void {
  const widths = [
    ['intpri', priority?.intpriWd ?? 0],
    ['dspri', priority?.dspriWd ?? 0],
  ] as const;
  for (const [setting, width] of widths) {
    const value = settings[setting];
    if (value === undefined) continue;
    const name = setting.toUpperCase();
    if (width === 0) report.problem(setting, `${report.what} has no ${name} (HAS_${name} is 0)`);
    else expectInteger(report, setting, value, 0, 2 ** width - 1, `the largest value of ${width} bits`);
  }
}

function checkPortions(
  report: Report,
  setting: 'cpbm' | 'mbwPbm',
  words: readonly number[] | undefined,
  width: number,
): void {
  if (words === undefined) return;
  const [what, feature, widthName] =
    setting === 'cpbm' ? ['portion', 'HAS_CPOR_PART', 'CPBM_WD'] : ['bandwidth portion', 'HAS_PBM', 'BWPBM_WD'];
  if (width === 0) {
    report.problem(setting, `${report.what} has no ${what} map (${feature} is 0)`);
    return;
  }
  for (const [index, word] of words.entries()) {
    if (!isIntegerIn(word, 0, 0xffffffff)) {
      report.problem(setting, `word ${index} is ${word}, not an integer from 0 to 0xffffffff`);
      continue;
    }
    const highest = 32 * index + 31 - Math.clz32(word);
    if (word === 0 || highest < width) continue;
    const range = `${report.what} has ${what}s 0 to ${width - 1} (${widthName} ${width})`;
    report.problem(setting, `${what} ${highest} does not exist: ${range}`);
  }
}

const REGISTER_NAMES = { cmax: 'CMAX', cmin: 'CMIN', cassoc: 'CASSOC', mbwMin: 'MBW_MIN', mbwMax: 'MBW_MAX' } as const;

/** @param width of the control in bits, 0 if there is none. */
function checkShare(
  report: Report,
  setting: keyof typeof REGISTER_NAMES,
  share: ShareSetting | undefined,
  width: number,
): void {
  if (share === undefined) return;
  if (width === 0) {
    report.problem(setting, `${report.what} has no ${REGISTER_NAMES[setting]}`);
    return;
  }
  if ('field' in share) {
    expectInteger(report, setting, share.field, 0, 0xffff, 'the largest value of the 16-bit field');
    return;
  }
  const { percentMilli } = share;
  const isMinimum = setting === 'cmin' || setting === 'mbwMin';
  if (!isIntegerIn(percentMilli, 0, PERCENT_MILLI_MAX)) {
    report.problem(setting, `${percentMilli / 1000} % is not a share from 0 to 100 % in steps of 0.001 %`);
  } else if (!isMinimum && maximumField(percentMilli, width) === undefined) {
    const smallest = Math.ceil(smallestMaximumPercentMilli(width)) / 1000;
    const found = `${percentMilli / 1000} % is less than a maximum of ${width} bits can be`;
    report.problem(setting, `${found}, which is ${smallest} %; disable the PARTID to give it nothing`);
  }
}

function checkEnable(report: Report, features: MscFeatures, { enabled, nfu }: PartitionSettings): void {
  if (enabled !== undefined && !features.hasEndis) {
    report.problem('enabled', `PARTIDs of ${report.what} cannot be enabled or disabled (HAS_ENDIS is 0)`);
  }
  if (nfu !== true) return;
  if (!features.hasNfu) report.problem('nfu', `${report.what} does not forget settings (HAS_NFU is 0)`);
  else if (enabled !== false)
    report.problem('nfu', 'settings are forgotten when a PARTID is disabled; say enabled: false, too');
}

function checkMapping(
  report: Report,
  { intpartidMax }: MscFeatures,
  partid: number,
  settings: PartitionSettings,
): void {
  if (settings.intpartid !== undefined) {
    if (intpartidMax === undefined) {
      report.problem('intpartid', `${report.what} does not narrow PARTIDs (HAS_PARTID_NRW is 0)`);
    } else expectInteger(report, 'intpartid', settings.intpartid, 0, intpartidMax, 'the largest internal PARTID');
  } else if (intpartidMax !== undefined && partid > intpartidMax && hasControls(settings)) {
    const range = `internal PARTIDs go from 0 to ${intpartidMax}`;
    report.problem(
      'intpartid',
      `PARTID ${partid} has no internal PARTID of the same number: ${range}; name the one that it shares`,
    );
  }
}

/** @param what the upper end of the range, or the unit, is. */
function expectInteger(
  report: Report,
  setting: SettingsProblem['setting'],
  value: number,
  min: number,
  max: number,
  what: string,
): void {
  if (!isIntegerIn(value, min, max)) {
    report.problem(setting, `${value} is not an integer from ${min} to ${max}, ${what}`);
  }
}

function isIntegerIn(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
