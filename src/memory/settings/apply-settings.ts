/**
 * The register writes that make the settings of a partition so.
 *
 * The writes and their order are those of Linux (`mpam_reprogram_ris_partid`, K 5.3): the internal PARTID first, then the
 * controls, then enable or disable; MBW_WINWD, which Linux leaves alone, before the limits that it is about. Only what is given
 * is written.
 */
import { maximumField, minimumField } from '../../arch/fractions.ts';
import {
  CMAX_SOFTLIM,
  DIS_NFU,
  INTPARTID_INTERNAL,
  MBW_MAX_HARDLIM,
  MBW_PROP_EN,
  PRI_DSPRI_SHIFT,
  PRI_INTPRI,
} from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type { ResourceConfig } from '../msc-config.ts';
import type { MscControls } from './msc-controls.ts';
import { hasControls, type PartitionSettings, type SettingsProblem, type ShareSetting } from './partition-settings.ts';
import { settingAt } from './setting-place.ts';
import { settingsProblems } from './settings-problems.ts';

/** The controls of one partition in one resource. */
class PartitionControls {
  readonly #controls: MscControls;
  readonly #space: number;
  readonly #partid: number;
  readonly #ris: number;

  /** @param partid that controls are looked up by. */
  constructor(controls: MscControls, space: number, partid: number, ris: number) {
    this.#controls = controls;
    this.#space = space;
    this.#partid = partid;
    this.#ris = ris;
  }

  read(register: MscRegister): number {
    return this.#controls.read(settingAt(register, this.#space, this.#partid, 0, this.#ris));
  }

  write(register: MscRegister, value: number, word = 0): void {
    this.#controls.write(settingAt(register, this.#space, this.#partid, word, this.#ris), value);
  }

  /** Write a map of `width` portions. */
  writeMap(register: MscRegister, words: readonly number[] | undefined, width: number): void {
    if (words === undefined) return;
    for (let word = 0; word < Math.ceil(width / 32); word++) this.write(register, words[word] ?? 0, word);
  }

  /** Write a maximum and the flag above it, one without the other if only one is given. */
  writeMaximum(
    register: MscRegister,
    share: ShareSetting | undefined,
    width: number,
    flag: boolean | undefined,
    flagBit: number,
  ): void {
    if (share === undefined && flag === undefined) return;
    const old = this.read(register);
    const field = share === undefined ? old % flagBit : maximumOf(share, width);
    this.write(register, field + ((flag ?? old >= flagBit) ? flagBit : 0));
  }

  writeMinimum(register: MscRegister, share: ShareSetting | undefined, width: number): void {
    if (share === undefined) return;
    this.write(register, 'field' in share ? share.field : minimumField(share.percentMilli, width));
  }
}

/**
 * Write the settings of one PARTID.
 * @param space PARTID space, 0 to 3.
 * @param partid of requests; with narrowing its internal PARTID gets the controls, and whoever shares that one gets them too.
 * @param ris of the resource that is meant; enabling and mapping are of the whole MSC.
 * @returns what is wrong with the settings; then nothing was written.
 * @throws TooManyPartitionsError
 * @throws Error if the MSC has no such RIS.
 */
export function applySettings(
  controls: MscControls,
  space: number,
  partid: number,
  settings: PartitionSettings,
  ris = 0,
): SettingsProblem[] {
  const { name, features, resources } = controls.config;
  const resource = resources.find((candidate) => candidate.ris === ris);
  if (resource === undefined) throw new Error(`${name} has no RIS ${ris}`);
  const problems = settingsProblems({ msc: features, resource }, partid, settings);
  if (problems.length > 0) return problems;
  mapPartid(controls, space, partid, settings);
  const partition = new PartitionControls(controls, space, controls.controlPartid(space, partid), ris);
  writeControls(partition, resource, settings);
  if (settings.enabled === true) controls.write(settingAt(MscRegister.MPAMCFG_EN, space, partid), partid);
  if (settings.enabled === false) {
    const value = partid | (settings.nfu === true ? DIS_NFU : 0);
    controls.write(settingAt(MscRegister.MPAMCFG_DIS, space, partid), value);
  }
  return [];
}

function mapPartid(controls: MscControls, space: number, partid: number, settings: PartitionSettings): void {
  const isNarrowed = controls.config.features.intpartidMax !== undefined;
  if (!isNarrowed || (settings.intpartid === undefined && !needsMapping(controls, space, partid, settings))) return;
  const mapping = INTPARTID_INTERNAL | (settings.intpartid ?? partid);
  controls.write(settingAt(MscRegister.MPAMCFG_INTPARTID, space, partid), mapping);
}

function needsMapping(controls: MscControls, space: number, partid: number, settings: PartitionSettings): boolean {
  return hasControls(settings) && !controls.isMapped(space, partid);
}

function writeControls(partition: PartitionControls, resource: ResourceConfig, settings: PartitionSettings): void {
  const { cpbmWd = 0, cmaxWd = 0, cassocWd = 0 } = resource.cacheControls ?? {};
  const { cpbm, cmax, cmin, cassoc, softlim } = settings;
  partition.writeMap(MscRegister.MPAMCFG_CPBM, cpbm, cpbmWd);
  writeBandwidthControls(partition, resource, settings);
  partition.writeMaximum(MscRegister.MPAMCFG_CMAX, cmax, cmaxWd, softlim, CMAX_SOFTLIM);
  partition.writeMinimum(MscRegister.MPAMCFG_CMIN, cmin, cmaxWd);
  if (cassoc !== undefined) partition.write(MscRegister.MPAMCFG_CASSOC, maximumOf(cassoc, cassocWd));
  writePriorities(partition, settings);
}

function writeBandwidthControls(
  partition: PartitionControls,
  { bandwidth }: ResourceConfig,
  { mbwPbm, winwd, mbwMin, mbwMax, hardlim, stride }: PartitionSettings,
): void {
  const { bwaWd = 0, bwpbmWd = 0 } = bandwidth ?? {};
  partition.writeMap(MscRegister.MPAMCFG_MBW_PBM, mbwPbm, bwpbmWd);
  if (winwd !== undefined) partition.write(MscRegister.MPAMCFG_MBW_WINWD, winwd);
  partition.writeMinimum(MscRegister.MPAMCFG_MBW_MIN, mbwMin, bwaWd);
  partition.writeMaximum(MscRegister.MPAMCFG_MBW_MAX, mbwMax, bwaWd, hardlim, MBW_MAX_HARDLIM);
  if (stride !== undefined) partition.write(MscRegister.MPAMCFG_MBW_PROP, stride === 0 ? 0 : MBW_PROP_EN + stride - 1);
}

function writePriorities(partition: PartitionControls, { intpri, dspri }: PartitionSettings): void {
  if (intpri === undefined && dspri === undefined) return;
  const old = partition.read(MscRegister.MPAMCFG_PRI);
  const upper = (dspri ?? old >>> PRI_DSPRI_SHIFT) * 2 ** PRI_DSPRI_SHIFT;
  partition.write(MscRegister.MPAMCFG_PRI, upper + (intpri ?? old & PRI_INTPRI));
}

/** The settings were checked: every maximum that is left can be expressed. */
function maximumOf(share: ShareSetting, width: number): number {
  return 'field' in share ? share.field : maximumField(share.percentMilli, width)!;
}
