/**
 * The monitors that a scenario watches: programmed through registers as Linux programs them (K 5.7), and read at every
 * sample, beside what was really there.
 */
import {
  CSU_FLT_XCL,
  CTL_EN,
  CTL_MATCH_PARTID,
  CTL_MATCH_PMG,
  FLT_PMG_SHIFT,
  MBWU_FLT_RWBW_SHIFT,
  MSMON_NRDY,
} from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import { FIRST_OWNER } from '../../loop/assembly/layout.ts';
import { MonitorKind } from '../../loop/event-row.ts';
import type { MemorySystem } from '../../memory/memory-system.ts';
import type { Msc } from '../../memory/msc.ts';
import type { MonitorSpec } from '../../scenario/scenario.ts';
import { type MscRegisterCopy, writeMscRegister } from '../msc-access.ts';
import type { MonitorSampleRow } from '../samples.ts';

/** RWBW (A 2.5). */
const RWBW = { both: 0, writes: 1, reads: 2 } as const;

export interface WatchedMonitor {
  readonly spec: MonitorSpec;
  readonly msc: Msc;
  /** Global number of the MSC. */
  readonly number: number;
  readonly ris: number;
  /** Tenants that belong into the group that the filter is meant for; undefined: it names none, or only some VMs are in it. */
  readonly tenants: ReadonlySet<number> | undefined;
}

/** Program a monitor: filter, control without EN, value, control with EN (K 5.7). */
export function programMonitor({ spec, msc, ris }: WatchedMonitor): void {
  const { type, instance, space, partid, pmg, traffic, isModifiedOnly } = spec;
  const isCsu = type === 'csu';
  const write = (register: MscRegister, lo: number): void => {
    const copy: MscRegisterCopy = { register, word: 0, space, ris, partid: 0, instance };
    writeMscRegister(msc, copy, lo >>> 0, 0);
  };
  const kindOfTraffic = isCsu ? (isModifiedOnly ? CSU_FLT_XCL : 0) : RWBW[traffic] << MBWU_FLT_RWBW_SHIFT;
  const match = (partid === undefined ? 0 : CTL_MATCH_PARTID) | (pmg === undefined ? 0 : CTL_MATCH_PMG);
  const control = isCsu ? MscRegister.MSMON_CFG_CSU_CTL : MscRegister.MSMON_CFG_MBWU_CTL;
  write(
    isCsu ? MscRegister.MSMON_CFG_CSU_FLT : MscRegister.MSMON_CFG_MBWU_FLT,
    (partid ?? 0) | ((pmg ?? 0) << FLT_PMG_SHIFT) | kindOfTraffic,
  );
  write(control, match);
  write(control, match | CTL_EN);
  if (!isCsu) write(spec.isLong ? MscRegister.MSMON_MBWU_L : MscRegister.MSMON_MBWU, 0);
}

/** What the watched monitors of a machine show at `timeNs`, which is now. */
export function sampleMonitors(
  machine: number,
  memory: MemorySystem,
  watched: readonly WatchedMonitor[],
  timeNs: number,
): MonitorSampleRow[] {
  return watched.map((monitor) => sample(machine, memory, monitor, timeNs));
}

function sample(machine: number, memory: MemorySystem, watched: WatchedMonitor, timeNs: number): MonitorSampleRow {
  const { spec, msc, number, ris } = watched;
  const { space, instance } = spec;
  const { register, monitor } = valueRegister(spec);
  const { lo, hi } = msc.monitors.read(register, space, ris, instance);
  const isLong = monitor === MonitorKind.mbwuLong;
  const top = isLong ? hi : lo;
  const value = isLong ? (hi & ~MSMON_NRDY) * 2 ** 32 + (lo >>> 0) : lo & ~MSMON_NRDY;
  return {
    ...{ kind: 'monitorSample', timeNs, machine, msc: number, ris, space, instance, monitor, value },
    nrdy: (top & MSMON_NRDY) === 0 ? 0 : 1,
    exactBytes: msc.monitors.exactBytes(monitor, space, ris, instance),
    tenantBytes: tenantBytes(memory, watched),
  };
}

/** What the tenants really have in the cache, or have moved, whatever their labels. */
function tenantBytes({ owners, config }: MemorySystem, { spec, msc, ris, tenants }: WatchedMonitor): number | null {
  if (tenants === undefined) return null;
  let lines = 0;
  for (let owner = FIRST_OWNER; owner < owners.count; owner++) {
    if (tenants.has(owners.tenant(owner))) lines += linesOf(msc, spec, ris, owner);
  }
  return lines * config.lineBytes;
}

function valueRegister({ type, isLong }: MonitorSpec): {
  readonly register: MscRegister;
  readonly monitor: MonitorKind;
} {
  if (type === 'csu') return { register: MscRegister.MSMON_CSU, monitor: MonitorKind.csu };
  return isLong
    ? { register: MscRegister.MSMON_MBWU_L, monitor: MonitorKind.mbwuLong }
    : { register: MscRegister.MSMON_MBWU, monitor: MonitorKind.mbwu };
}

function linesOf(
  { surroundings }: Msc,
  { type, traffic, isModifiedOnly }: MonitorSpec,
  ris: number,
  owner: number,
): number {
  if (type === 'csu') {
    return isModifiedOnly ? surroundings.dirtyLines(ris)[owner]! : surroundings.occupancyLines(ris, owner);
  }
  const reads = traffic === 'writes' ? 0 : surroundings.readLines(ris, owner);
  const writes = traffic === 'reads' ? 0 : surroundings.writtenLines(ris, owner);
  return reads + writes;
}
