/** The state of each MSC at a moment: its settings that were changed, in words. */
import type { MscSettingAt } from './msc-settings.ts';
import type { RunHeader } from './run-header.ts';

/** A setting at a moment. */
export interface MscSetting {
  /** As Arm spells it, with its number where there are several: `MPAMCFG_CPBM0`. */
  readonly register: string;
  readonly partidSpace: string;
  readonly partid: number;
  /** `partid` is an internal PARTID. */
  readonly internal: boolean;
  readonly ris: number;
  /** `0x` and 8 hexadecimal digits. */
  readonly value: string;
  /** The change that set it. */
  readonly sinceNs: number;
  readonly seq: number;
}

/** An MSC at a moment. Settings that were never changed are as their reset left them, and are left out. */
export interface MscSnapshot {
  readonly msc: number;
  readonly machine: string;
  readonly cache: string;
  readonly settings: readonly MscSetting[];
}

/** By code (PartidSpace). */
export const PARTID_SPACE_NAMES = ['Secure', 'Non-secure', 'Root', 'Realm'] as const;

/**
 * All MSCs of a run, in order of their numbers.
 * @param settings of one moment, from `RunReader.mscSettingsAt`.
 */
export function mscStates(header: RunHeader, settings: readonly MscSettingAt[]): MscSnapshot[] {
  const settingsOf = Map.groupBy(settings, ({ msc }) => msc);
  return header.mscs.map(({ id, machine, cache }) => ({
    msc: id,
    machine: header.machines[machine]!.name,
    cache: header.caches.find((row) => row.machine === machine && row.id === cache)!.name,
    settings: (settingsOf.get(id) ?? []).map((setting) => describeSetting(header, setting)),
  }));
}

function describeSetting(header: RunHeader, setting: MscSettingAt): MscSetting {
  const { register, word, space, partid, internal, ris, value, timeNs, seq } = setting;
  return {
    register: (header.mscRegisters[register]?.name ?? `register ${register}`).replace('<n>', String(word)),
    partidSpace: PARTID_SPACE_NAMES[space]!,
    ...{ partid, internal: internal === 1, ris },
    value: `0x${value.toString(16).padStart(8, '0')}`,
    sinceNs: timeNs,
    seq,
  };
}
