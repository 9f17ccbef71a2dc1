/** Settings of cache partitioning as the scenario's author writes them. */
import { PartidSpace } from '../../arch/label.ts';
import type { PartitionSettings, ShareSetting } from '../../memory/partition-settings.ts';
import type { PartitionSpec, Scenario } from '../../scenario/scenario.ts';

/** Hexadecimal digits of a bitmap that a line can hold; a longer one is told by its portions. */
const MASK_DIGITS_MAX = 32;

const SPACE_NAMES: Readonly<Record<PartidSpace, string>> = {
  [PartidSpace.secure]: 'secure',
  [PartidSpace.nonSecure]: 'non-secure',
  [PartidSpace.root]: 'root',
  [PartidSpace.realm]: 'realm',
};

/** `cache: L3, partid: 1, cpbm: 0xf`, with the machine and the space where they are not the usual ones. */
export function partitionText({ machine, cache, space, partid, settings }: PartitionSpec, scenario: Scenario): string {
  const where = machine === undefined ? [] : [`machine: ${scenario.machines[machine]?.name}`];
  const which = space === PartidSpace.nonSecure ? [] : [`space: ${SPACE_NAMES[space]}`];
  return [`cache: ${cache}`, ...where, `partid: ${partid}`, ...which, ...settingsText(settings)].join(', ');
}

function settingsText(settings: PartitionSettings): string[] {
  return Object.entries(settings).map(([key, value]: [string, PartitionSettings[keyof PartitionSettings]]) => {
    if (Array.isArray(value)) return `${key}: ${portionsText(value)}`;
    return `${key}: ${typeof value === 'object' ? shareText(value as ShareSetting) : value}`;
  });
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
