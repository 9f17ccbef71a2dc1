/** The state of each MSC at a moment: its settings that were changed, in words. */
import type { MscSettingAt } from './msc-settings.ts';
import type { RunHeader } from './run-header.ts';

/** A setting at a moment. */
export interface MscSetting {
  /** As Arm spells it, with its number where there are several, and the bits where it has 64: `MPAMCFG_CPBM0`. */
  readonly register: string;
  readonly ris: number;
  /** What the RIS is: its cache, or its channel; null for one that the MSC does not have. */
  readonly resource: string | null;
  readonly partidSpace: string;
  /** null for registers of monitors. */
  readonly partid: number | null;
  /** `partid` is an internal PARTID. */
  readonly internal: boolean;
  /** Of the monitor; null for other registers. */
  readonly instance: number | null;
  /** `0x` and 8 hexadecimal digits. */
  readonly value: string;
  /** The change that set it. */
  readonly sinceNs: number;
  readonly seq: number;
}

/**
 * An MSC at a moment. Settings that were never changed are as their reset left them, and are left out; so is what hardware
 * measures instead of keeping it, whatever software wrote there.
 */
export interface MscSnapshot {
  readonly msc: number;
  readonly machine: string;
  /** That of its cache, or of the memory that it stands before. */
  readonly name: string;
  /** null: it is memory's. */
  readonly cache: string | null;
  readonly settings: readonly MscSetting[];
}

/** By code (PartidSpace). */
export const PARTID_SPACE_NAMES = ['Secure', 'Non-secure', 'Root', 'Realm'] as const;

/** Registers that are measured: they change without an event, so that events do not tell what they hold. */
const MEASURED: ReadonlySet<string> = new Set([
  'MSMON_CSU',
  'MSMON_CSU_OFSR',
  'MSMON_MBWU',
  'MSMON_MBWU_L',
  'MSMON_MBWU_OFSR',
  'MSMON_OFLOW_SR',
]);

/**
 * All MSCs of a run, in order of their numbers.
 * @param settings of one moment, from `RunReader.mscSettingsAt`.
 */
export function mscStates(header: RunHeader, settings: readonly MscSettingAt[]): MscSnapshot[] {
  const isKept = ({ register }: MscSettingAt): boolean => !MEASURED.has(header.mscRegisters[register]?.name ?? '');
  const settingsOf = Map.groupBy(settings.filter(isKept), ({ msc }) => msc);
  return header.mscs.map(({ id, machine, name, cache }) => ({
    msc: id,
    machine: header.machines[machine]!.name,
    name,
    cache: header.caches.find((row) => row.machine === machine && row.id === cache)?.name ?? null,
    settings: (settingsOf.get(id) ?? []).map((setting) => describeSetting(header, setting)),
  }));
}

function describeSetting(header: RunHeader, setting: MscSettingAt): MscSetting {
  const { register, word, space, partid, internal, ris, value, timeNs, seq } = setting;
  const name = header.mscRegisters[register]?.name ?? `register ${register}`;
  const isOfMonitor = name.startsWith('MSMON');
  return {
    register: name.includes('<n>') ? name.replace('<n>', String(word)) : `${name}${word === 1 ? '[63:32]' : ''}`,
    ...{ ris, resource: resourceName(header, setting) },
    partidSpace: PARTID_SPACE_NAMES[space]!,
    partid: isOfMonitor ? null : partid,
    internal: internal === 1,
    instance: isOfMonitor ? partid : null,
    value: `0x${value.toString(16).padStart(8, '0')}`,
    sinceNs: timeNs,
    seq,
  };
}

/** Runs of before there were resources have MSCs of caches only. */
function resourceName({ mscs, mscResources, caches, channels }: RunHeader, { msc, ris }: MscSettingAt): string | null {
  const { machine, cache: onlyCache } = mscs.find(({ id }) => id === msc)!;
  const resources = mscResources.filter((row) => row.msc === msc);
  const resource =
    resources.length === 0 ? { cache: onlyCache, channel: null } : resources.find((row) => row.ris === ris);
  const named = [
    ...caches.filter((cache) => cache.machine === machine && cache.id === resource?.cache),
    ...channels.filter((channel) => channel.machine === machine && channel.id === resource?.channel),
  ];
  return named[0]?.name ?? null;
}
