/** What bench/bandwidth.bench.ts puts in front of memory: two channels, their MSC, and one that watches the L3. */
import { PartidSpace } from '../src/arch/label.ts';
import { CTL_EN, CTL_MATCH_PARTID } from '../src/arch/msc/fields.ts';
import { MscRegister } from '../src/arch/msc-registers.ts';
import type { AccountingWindow, BandwidthConfig } from '../src/memory/bandwidth-config.ts';
import { PLAIN_FRONT } from '../src/memory/implied-mscs.ts';
import type { Msc } from '../src/memory/msc.ts';
import type { BandwidthControlFeatures, MscConfig, MscFeatures, ResourceConfig } from '../src/memory/msc-config.ts';
import { settingAt } from '../src/memory/settings/setting-place.ts';

const CHANNELS = [0, 1];
/** A line of 64 bytes at 12.8 GB/s, in 1/65536 ps. */
const LINE_TIME = 5000 * 65536;
/** 10 us, in 1/256 us. */
const WINDOW = 2560;
/** A guarantee of 10 % and a soft limit of 40 %, in 1/65536. */
const MINIMUM = 6553;
const MAXIMUM = 26_213;

/** Two channels behind the last of so many caches. */
export function channelsBehind(caches: number, window: AccountingWindow): BandwidthConfig {
  const channel = { turnaroundPs: 0, starvationPs: 20_000_000, portionPs: 80_000, offsetLimit: 0 };
  const inner = new Array<undefined>(caches - 1).fill(undefined);
  return {
    mode: 'exact',
    closedFormIntervalPs: 10_000_000,
    writeBufferLines: 32,
    channels: CHANNELS.map((n) => ({ name: `mem-0.${n}`, lineTime: LINE_TIME, window, ...channel })),
    memories: [{ name: 'mem-0', channels: CHANNELS, interleaveLines: 4 }],
    memoryOfCache: [...inner, 0],
    channelOfCache: [...inner, undefined],
  };
}

/** The MSC of the channels, with MIN, MAX and a MBWU monitor for every tenant, and that of the last cache, with CSU monitors. */
export function watchingMscs(tenants: number, lastCache: number): readonly MscConfig[] {
  const features: MscFeatures = {
    ...{ partidMax: tenants, pmgMax: 0, hasEndis: false, hasNfu: false, intpartidMax: undefined },
    ...{ outOfRange: 'default', reset: 'defaults' },
  };
  const bandwidth: BandwidthControlFeatures = {
    ...{ bwaWd: 16, hasMin: true, hasMax: true, maxLimit: 'both', bwpbmWd: 0, hasProp: false },
    ...{ windwr: false, winwd: WINDOW },
  };
  const monitor = {
    ...{ numMon: tenants, hasCapture: false, hasOfsr: false, hasOflowLnkg: false, hasOflowCapt: false },
    ...{ hasCevntOflw: false, noMatchPartid: false, noMatchPmg: false },
  };
  const mbwu = { ...monitor, hasRwbw: false, longBits: 44, scale: 0 } as const;
  const csu = { ...monitor, hasXcl: false, isReadOnly: false };
  const none = { cache: undefined, channel: undefined, cacheControls: undefined, priority: undefined };
  const channels = CHANNELS.map(
    (channel): ResourceConfig => ({ ...none, ris: channel, channel, bandwidth, monitors: { csu: undefined, mbwu } }),
  );
  const cache = { ...none, ris: 0, cache: lastCache, bandwidth: undefined, monitors: { csu, mbwu: undefined } };
  return [
    { name: 'mem-0', features, front: PLAIN_FRONT, resources: channels },
    { name: 'l3', features, front: PLAIN_FRONT, resources: [cache] },
  ];
}

const { nonSecure } = PartidSpace;

/** Limit and watch PARTIDs 1 to `tenants` everywhere, as software does. */
export function regulate(mscs: readonly Msc[], tenants: number): void {
  for (const { config, controls, monitors } of mscs) {
    for (const { ris, channel } of config.resources) {
      const type = channel === undefined ? 'CSU' : 'MBWU';
      for (let monitor = 0; monitor < tenants; monitor++) {
        const partid = monitor + 1;
        if (channel !== undefined) {
          controls.write(settingAt(MscRegister.MPAMCFG_MBW_MIN, nonSecure, partid, 0, ris), MINIMUM);
          controls.write(settingAt(MscRegister.MPAMCFG_MBW_MAX, nonSecure, partid, 0, ris), MAXIMUM);
        }
        monitors.write(MscRegister[`MSMON_CFG_${type}_FLT`], nonSecure, ris, monitor, partid, 0, 'low');
        const control = CTL_EN | CTL_MATCH_PARTID;
        monitors.write(MscRegister[`MSMON_CFG_${type}_CTL`], nonSecure, ris, monitor, control, 0, 'low');
      }
    }
  }
}

/** Read all monitors, as a sampling driver does. @returns the lines that the channels' monitors have counted, in bytes. */
export function readMonitors(mscs: readonly Msc[], tenants: number): number {
  let bytes = 0;
  for (const { config, monitors } of mscs) {
    for (const { ris, channel } of config.resources) {
      const register = channel === undefined ? MscRegister.MSMON_CSU : MscRegister.MSMON_MBWU;
      for (let monitor = 0; monitor < tenants; monitor++) {
        const { lo } = monitors.read(register, nonSecure, ris, monitor);
        if (channel !== undefined) bytes += lo;
      }
    }
  }
  return bytes;
}
