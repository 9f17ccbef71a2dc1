/** Commands that software and wires give to MSCs: settings of partitions, register writes, capture events, and monitors. */

import { CAPT_EVNT_ALL, CAPT_EVNT_NOW } from '../arch/msc/fields.ts';
import { MSC_REGISTERS, MscRegister } from '../arch/msc-registers.ts';
import { EventKind } from '../loop/event-row.ts';
import type { Msc } from '../memory/msc.ts';
import type { ResourceConfig } from '../memory/msc-config.ts';
import { applySettings } from '../memory/settings/apply-settings.ts';
import type { CommandSpec, MscTargetSpec, PartitionSpec } from '../scenario/scenario.ts';
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
    for (const meant of mscsMeant(driver, command)) {
      if (command.kind === 'setPartition') setPartition(driver, meant, command);
      else if (command.kind === 'writeMsc') writeRegister(driver, meant, command);
      else capture(driver, meant, command);
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
      for (const { index, msc, resources } of mscsMeant(driver, spec)) {
        for (const { ris, monitors } of resources) {
          if (monitors[spec.type] === undefined) continue;
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

/** An MSC of a machine, by its index there, and the resources of it that are meant: at least one. */
interface MeantMsc {
  readonly index: number;
  readonly msc: Msc;
  readonly resources: readonly ResourceConfig[];
}

/** What a name means on a machine: one cache or memory, all caches of a level, or all memories. */
function mscsMeant({ execution }: MachineDriver, { msc: name, ris }: MscTargetSpec): MeantMsc[] {
  if (execution === undefined) return [];
  const { caches } = execution.memory.config;
  return execution.mscs.flatMap((msc, index) => {
    const { config } = msc;
    const isNamed = ({ cache }: ResourceConfig): boolean => {
      const names = cache === undefined ? ['memory'] : [caches[cache]!.name, caches[cache]!.level];
      return config.name === name || names.includes(name);
    };
    const resources = config.resources.filter(
      (resource) => (ris ?? resource.ris) === resource.ris && isNamed(resource),
    );
    return resources.length === 0 ? [] : [{ index, msc, resources }];
  });
}

/** A row for each cache that is meant, or one for all channels of a memory. */
function setPartition(driver: MachineDriver, { index, msc, resources }: MeantMsc, partition: PartitionSpec): void {
  const { space, partid, settings } = partition;
  for (const [cache = -1, ofCache] of Map.groupBy(resources, (resource) => resource.cache)) {
    begin(driver, CommandCode.setPartition, partid, space, cache, cache === -1 ? index : 0);
    for (const { ris } of ofCache) {
      const [problem] = applySettings(msc.controls, space, partid, settings, ris);
      if (problem !== undefined) throw new Error(`${msc.config.name}: ${problem.setting}: ${problem.message}`);
    }
  }
}

function writeRegister(driver: MachineDriver, { index, msc, resources }: MeantMsc, command: Command<'writeMsc'>): void {
  const { register, word, space, partid, instance, lo, hi, ris } = command;
  begin(driver, CommandCode.writeMsc, register, index, lo, hi, word);
  const isPerResource = ['control', 'monitor', 'monitor-group'].includes(MSC_REGISTERS[register]!.selectedBy);
  const meant = isPerResource ? resources.map((resource) => resource.ris) : [ris ?? 0];
  for (const each of meant) writeMscRegister(msc, { register, word, space, ris: each, partid, instance }, lo, hi);
}

function capture(driver: MachineDriver, { index, msc }: MeantMsc, command: Command<'capture'>): void {
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
