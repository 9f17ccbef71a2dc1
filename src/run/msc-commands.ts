/** Commands that software and wires give to MSCs: settings of partitions, register writes, capture events, and monitors. */

import { CAPT_EVNT_ALL, CAPT_EVNT_NOW } from '../arch/msc/fields.ts';
import { MSC_REGISTERS, MscRegister } from '../arch/msc-registers.ts';
import { EventKind } from '../loop/event-row.ts';
import { applySettings } from '../memory/apply-settings.ts';
import type { Msc } from '../memory/msc.ts';
import type { CommandSpec, MonitorSpec, MscTargetSpec, PartitionSpec } from '../scenario/scenario.ts';
import { CommandCode } from './codes.ts';
import { programMonitor, type WatchedMonitor } from './execution/watched-monitors.ts';
import type { MachineDriver } from './machine-driver.ts';
import { writeMscRegister } from './msc-access.ts';
import type { RunPlan } from './run-plan.ts';

const CAPT_EVNT_OFFSET = MSC_REGISTERS[MscRegister.MSMON_CAPT_EVNT]!.offset;
/** CAPT_EVNT code of a local event (A 4.1). */
const LOCAL_EVENT = 7;

type Command<Kind extends CommandSpec['kind']> = Extract<CommandSpec, { readonly kind: Kind }>;
export type MscCommand = Command<'setPartition' | 'writeMsc' | 'capture'>;

export function isMscCommand(command: CommandSpec): command is MscCommand {
  return command.kind === 'setPartition' || command.kind === 'writeMsc' || command.kind === 'capture';
}

/** Execute on the machines that are meant; each MSC gets a row of its own, which is the cause of what follows there. */
export function executeMscCommand(drivers: readonly MachineDriver[], command: MscCommand): void {
  for (const [machine, driver] of drivers.entries()) {
    if ((command.machine ?? machine) !== machine) continue;
    for (const [index, msc] of mscsMeant(driver, command)) {
      if (command.kind === 'setPartition') setPartition(driver, index, msc, command);
      else if (command.kind === 'writeMsc') writeRegister(driver, index, msc, command);
      else capture(driver, index, msc, command);
    }
  }
}

/** Program the monitors that a plan watches, and tell machines to sample them. */
export function watchMonitors(plan: RunPlan, drivers: readonly MachineDriver[]): void {
  for (const spec of plan.monitors) {
    const ofGroup = plan.tenants.flatMap(({ group }, tenant) => (group === spec.group ? [tenant] : []));
    const tenants = ofGroup.length === 0 ? undefined : new Set(ofGroup);
    for (const [machine, driver] of drivers.entries()) {
      if ((spec.machine ?? machine) !== machine) continue;
      for (const [index, msc] of mscsMeant(driver, spec)) {
        for (const ris of monitoredRis(msc, spec)) {
          const number = driver.execution!.firstMsc + index;
          watch(driver, index, { spec, msc, number, ris, tenants });
        }
      }
    }
  }
}

function watch(driver: MachineDriver, index: number, watched: WatchedMonitor): void {
  const { spec, ris } = watched;
  const type = spec.type === 'csu' ? 0 : 1;
  begin(driver, CommandCode.watchMonitor, spec.instance, index, spec.space, ris, type);
  programMonitor(watched);
  driver.execution!.watch(watched);
}

function monitoredRis({ config }: Msc, { ris, type }: MonitorSpec): number[] {
  return config.resources
    .filter((resource) => (ris ?? resource.ris) === resource.ris && resource.monitors[type] !== undefined)
    .map((resource) => resource.ris);
}

/** The MSCs of a machine that a name means: one, those of a level of caches, or all memories; by their index. */
function mscsMeant({ execution }: MachineDriver, { msc: name }: MscTargetSpec): readonly (readonly [number, Msc])[] {
  if (execution === undefined) return [];
  const { caches } = execution.memory.config;
  return [...execution.mscs.entries()].filter(([, { config }]) => {
    const cache = cacheOf(config.resources);
    const kind = cache === -1 ? 'memory' : caches[cache]!.level;
    return config.name === name || kind === name;
  });
}

function cacheOf(resources: Msc['config']['resources']): number {
  return resources.find(({ cache }) => cache !== undefined)?.cache ?? -1;
}

function setPartition(driver: MachineDriver, index: number, msc: Msc, partition: PartitionSpec): void {
  const { space, partid, settings, ris } = partition;
  const { resources } = msc.config;
  const cache = cacheOf(resources);
  begin(driver, CommandCode.setPartition, partid, space, cache, cache === -1 ? index : 0);
  for (const resource of resources) {
    if ((ris ?? resource.ris) !== resource.ris) continue;
    const [problem] = applySettings(msc.controls, space, partid, settings, resource.ris);
    if (problem !== undefined) throw new Error(`${msc.config.name}: ${problem.setting}: ${problem.message}`);
  }
}

function writeRegister(driver: MachineDriver, index: number, msc: Msc, command: Command<'writeMsc'>): void {
  const { register, word, space, partid, instance, lo, hi, ris } = command;
  begin(driver, CommandCode.writeMsc, register, index, lo, hi, word);
  const isPerResource = ['control', 'monitor', 'monitor-group'].includes(MSC_REGISTERS[register]!.selectedBy);
  const meant = isPerResource && ris === undefined ? msc.config.resources.map((resource) => resource.ris) : [ris ?? 0];
  for (const each of meant) writeMscRegister(msc, { register, word, space, ris: each, partid, instance }, lo, hi);
}

function capture(driver: MachineDriver, index: number, msc: Msc, command: Command<'capture'>): void {
  const { event, space, isForAll } = command;
  begin(driver, CommandCode.capture, event === 'local' ? LOCAL_EVENT : event, index, space, isForAll ? 1 : 0);
  if (event !== 'local') msc.monitors.captureExternal(event);
  else msc.front.write32(space, CAPT_EVNT_OFFSET, CAPT_EVNT_NOW | (isForAll ? CAPT_EVNT_ALL : 0));
}

/** Append the command's row and make it the cause of what follows. */
function begin(driver: MachineDriver, code: number, subject: number, ...args: readonly number[]): void {
  const { ring, pes, firstPe } = driver.host;
  const [arg1 = 0, arg2 = 0, arg3 = 0, arg4 = 0] = args;
  ring.causeSeq = 0;
  const el = pes.el(firstPe);
  const world = pes.world(firstPe);
  ring.causeSeq = ring.append(EventKind.command, el, world, code, firstPe, subject, arg1, arg2, arg3, arg4);
}
