/** MSCs and the settings of their partitions as the scenario's author writes them. */
import { PartidSpace } from '../../arch/label.ts';
import type { PartitionSettings, ShareSetting } from '../../memory/settings/partition-settings.ts';
import type { MonitorSpec, MscTargetSpec, PartitionSpec, Scenario } from '../../scenario/scenario.ts';
import { snakeCase } from '../../scenario/snake-case.ts';

/** Hexadecimal digits of a bitmap that a line can hold; a longer one is told by its portions. */
const MASK_DIGITS_MAX = 32;

const SPACE_NAMES: Readonly<Record<PartidSpace, string>> = {
  [PartidSpace.secure]: 'secure',
  [PartidSpace.nonSecure]: 'non-secure',
  [PartidSpace.root]: 'root',
  [PartidSpace.realm]: 'realm',
};

/** `msc: L3, partid: 1, cpbm: 0xf`, with the machine, the resource and the space where they are not the usual ones. */
export function partitionText(partition: PartitionSpec, scenario: Scenario): string {
  const { partid, settings } = partition;
  return [...targetText(partition, scenario), `partid: ${partid}`, ...settingsText(settings)].join(', ');
}

/** `msc: memory, mbwu: 0, group: gold, long: true`: the filter only as far as it says something. */
export function monitorText(monitor: MonitorSpec, scenario: Scenario): string {
  const { type, instance, group, partid, pmg, traffic, isModifiedOnly, isLong } = monitor;
  const label = group === undefined ? { partid, pmg } : { group: scenario.groups[group]?.name };
  const filter = {
    ...label,
    rw: traffic === 'both' ? undefined : traffic,
    xcl: isModifiedOnly ? true : undefined,
    long: type === 'mbwu' ? isLong : undefined,
  };
  const said = Object.entries(filter).filter(([, value]) => value !== undefined);
  const texts = said.map(([key, value]) => `${key}: ${value}`);
  return [...targetText(monitor, scenario), `${type}: ${instance}`, ...texts].join(', ');
}

/** `msc: L3`, and what is not the usual one of machine, RIS and space. */
export function targetText({ machine, msc, ris, space }: MscTargetSpec, scenario: Scenario): string[] {
  const where = machine === undefined ? [] : [`machine: ${scenario.machines[machine]?.name}`];
  const which = space === PartidSpace.nonSecure ? [] : [`space: ${SPACE_NAMES[space]}`];
  return [`msc: ${msc}`, ...where, ...(ris === undefined ? [] : [`ris: ${ris}`]), ...which];
}

function settingsText({ winwd, ...settings }: PartitionSettings): string[] {
  const texts = Object.entries(settings).map(([key, value]: [string, PartitionSettings[keyof PartitionSettings]]) => {
    const name = snakeCase(key);
    if (Array.isArray(value)) return `${name}: ${portionsText(value)}`;
    return `${name}: ${typeof value === 'object' ? shareText(value as ShareSetting) : value}`;
  });
  return winwd === undefined ? texts : [...texts, `window: ${windowText(winwd)}`];
}

/** MBW_WINWD in us, exactly. */
export function windowText(winwd: number): string {
  return `${winwd / 256}us`;
}

function portionsText(words: readonly number[]): string {
  const mask = words.reduceRight((high, word) => (high << 32n) | BigInt(word), 0n);
  const digits = mask.toString(16);
  if (digits.length <= MASK_DIGITS_MAX) return `0x${digits}`;
  const portions = words.reduce((sum, word) => sum + bitsIn(word), 0);
  return `${portions} portions up to ${mask.toString(2).length - 1}`;
}

function bitsIn(word: number): number {
  return word.toString(2).replaceAll('0', '').length;
}

function shareText(share: ShareSetting): string {
  return 'field' in share ? `0x${share.field.toString(16).padStart(4, '0')}` : `${share.percentMilli / 1000}%`;
}
