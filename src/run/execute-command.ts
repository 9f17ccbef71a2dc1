/**
 * What each control-plane command (CommandSpec, scenario/scenario.ts) does to every machine. Each machine gets a row of its
 * own, which is the cause of what follows on that machine.
 */
import { Name } from '../arch/registers.ts';
import { cpuPmExit, finaliseEl2State } from '../kvm/host-labels.ts';
import { msr } from '../kvm/kvm-host.ts';
import { EventKind, World } from '../loop/event-row.ts';
import type { CommandSpec, ThreadsSpec } from '../scenario/scenario.ts';
import { bringUpPe, resetPe } from './bring-up.ts';
import { CommandCode } from './codes.ts';
import type { MachineDriver } from './machine-driver.ts';
import { executeMscCommand, isMscCommand, type MscCommand } from './msc-commands.ts';
import { PeFlag } from './pe-context.ts';
import type { RunPlan } from './run-plan.ts';
import { type TaskLabels, vcpuKey } from './task-labels.ts';
import { groupValue } from './unknown-reset.ts';

/** Execute on all machines. A command for a CPU that a machine does not have passes that machine by. */
export function executeCommand(
  plan: RunPlan,
  drivers: readonly MachineDriver[],
  tasks: TaskLabels,
  command: CommandSpec,
): void {
  if (command.kind === 'move') {
    moveTasks(drivers, tasks, command.threads, command.group);
    return;
  }
  if (isMscCommand(command)) {
    executeMscCommand(drivers, command);
    return;
  }
  for (const driver of drivers) {
    if ('cpu' in command && command.cpu >= driver.host.peCount) continue;
    applyToMachine(plan, driver, tasks, command);
  }
}

function applyToMachine(
  plan: RunPlan,
  driver: MachineDriver,
  tasks: TaskLabels,
  command: Exclude<CommandSpec, MscCommand | { kind: 'move' }>,
): void {
  switch (command.kind) {
    case 'mpamDisable':
      appendCommand(driver, CommandCode.mpamDisable, driver.host.firstPe, 0);
      driver.host.mpamEnabled = false;
      break;
    case 'cpuDefault':
      applyCpuDefault(plan, driver, command.cpu, command.group);
      break;
    case 'cpuOffline':
      takeOffline(driver, driver.host.firstPe + command.cpu);
      break;
    case 'cpuOnline':
      bringOnline(driver, driver.host.firstPe + command.cpu);
      break;
    case 'cpuPm':
      passThroughPowerState(driver, driver.host.firstPe + command.cpu, command.losesRegisters);
      break;
    case 'guestAccess':
      requestGuestAccess(driver, tasks, command);
      break;
    case 'poke':
      poke(driver, driver.host.firstPe + command.cpu, command.register, command.lo, command.hi);
      break;
  }
}

/** resctrl changes a CPU's default group and sends it an IPI (K 3.6, fifth row). */
export function applyCpuDefault(plan: RunPlan, driver: MachineDriver, cpu: number, group: number): void {
  const pe = driver.host.firstPe + cpu;
  const seq = appendCommand(driver, CommandCode.cpuDefault, pe, group);
  const { lo, hi } = groupValue(plan.groups[group]!);
  const isOnline = !driver.contexts.has(pe, PeFlag.offline);
  if (isOnline) driver.interrupt(pe, seq);
  driver.host.setDefault(pe, lo, hi);
  if (isOnline) driver.relabelCurrent(pe, seq);
}

/**
 * resctrl writes the tasks' values, then sends an IPI to CPUs that run one of them; the others learn at the next switch. The
 * table of values serves all machines, so all guests are interrupted before it changes.
 */
function moveTasks(drivers: readonly MachineDriver[], tasks: TaskLabels, selector: ThreadsSpec, group: number): void {
  const running: { readonly driver: MachineDriver; readonly pe: number; readonly seq: number }[] = [];
  for (const driver of drivers) {
    const { firstPe } = driver.host;
    for (const thread of tasks.selected(selector)) {
      const seq = appendCommand(driver, CommandCode.move, firstPe, thread, group);
      for (const pe of driver.pesRunning(thread)) running.push({ driver, pe, seq });
    }
  }
  for (const { driver, pe, seq } of running) driver.interrupt(pe, seq);
  tasks.move(selector, group);
  for (const { driver, pe, seq } of running) driver.relabelCurrent(pe, seq);
}

/** A task that has just turned up is in the group that an earlier move of its kind put it in: the log says so. */
export function tellLateMoves(drivers: readonly MachineDriver[], tasks: TaskLabels): void {
  for (const { thread, group } of tasks.takeLateMoves()) {
    for (const driver of drivers) appendCommand(driver, CommandCode.move, driver.host.firstPe, thread, group);
  }
}

function takeOffline(driver: MachineDriver, pe: number): void {
  const seq = appendCommand(driver, CommandCode.cpuOffline, pe, 0);
  driver.idle(pe, seq);
  driver.contexts.set(pe, PeFlag.offline);
}

/** Bringing up a CPU that is up is nothing to Linux. */
function bringOnline(driver: MachineDriver, pe: number): void {
  const seq = appendCommand(driver, CommandCode.cpuOnline, pe, 0);
  if (!driver.contexts.has(pe, PeFlag.offline)) return;
  bringUpPe(driver, pe, seq);
  driver.contexts.clear(pe, PeFlag.offline);
}

/**
 * CPU_PM_ENTER and CPU_PM_EXIT around a power state; a deep one resets the PE, and the resume path runs at EL2 first. It
 * happens in the idle task, so what ran makes room for it. An offline CPU is in no state to go through one.
 */
function passThroughPowerState(driver: MachineDriver, pe: number, losesRegisters: boolean): void {
  const seq = appendCommand(driver, CommandCode.cpuPm, pe, 0, losesRegisters ? 1 : 0);
  if (driver.contexts.has(pe, PeFlag.offline)) return;
  const interrupted = driver.idle(pe, seq);
  driver.host.ring.causeSeq = seq;
  if (losesRegisters) {
    resetPe(driver, pe, seq);
    finaliseEl2State(driver.host, pe);
  }
  cpuPmExit(driver.host, pe);
  driver.resume(pe, interrupted, seq);
}

function requestGuestAccess(
  driver: MachineDriver,
  tasks: TaskLabels,
  command: Extract<CommandSpec, { kind: 'guestAccess' }>,
): void {
  const { vm, vcpu, register, isWrite, lo, hi } = command;
  const thread = tasks.threadOfVcpu(vm, vcpu);
  const args = [register, isWrite ? 1 : 0, lo, hi] as const;
  const seq = appendCommand(driver, CommandCode.guestAccess, driver.host.firstPe, thread, ...args);
  driver.requestGuestAccess(vcpuKey(vm, vcpu), thread, { name: register, isWrite, lo, hi }, seq);
}

/**
 * Somebody else (firmware, a debugger) writes a register; Linux's copies do not learn of it (K 3.6, third row). The name means
 * the register itself, whatever the mode: without EL3 it is written at EL2 with E2H off, where no name is redirected.
 */
function poke(driver: MachineDriver, pe: number, name: Name, lo: number, hi: number): void {
  const { host } = driver;
  const register = name === Name.MPAM1_EL12 ? Name.MPAM1_EL1 : name;
  const seq = appendCommand(driver, CommandCode.poke, pe, register, lo, hi);
  driver.endLabel(pe, seq);
  const el = host.pes.el(pe);
  const world = host.pes.world(pe);
  host.ring.causeSeq = seq;
  host.pes.setHcr(pe, false, false);
  host.pes.enter(pe, host.hasEl3 ? 3 : 2, World.firmware);
  msr(host, pe, register, lo, hi);
  host.pes.setHcr(pe, host.mode.e2h, host.isVhe && world === World.host);
  host.pes.enter(pe, el, world);
}

/** Append a command's row. @returns its seq. */
function appendCommand(driver: MachineDriver, code: number, pe: number, subject: number, ...args: number[]): number {
  const { ring, pes } = driver.host;
  const [arg1 = 0, arg2 = 0, arg3 = 0, arg4 = 0] = args;
  ring.causeSeq = 0;
  const el = pes.el(pe);
  return ring.append(EventKind.command, el, pes.world(pe), code, pe, subject, arg1, arg2, arg3, arg4);
}
