/** Codes of run and command rows, and the names under which the store shows them. */
import { snakeCase } from '../scenario/snake-case.ts';

/** Run control (EventKind.run). The subject word is 0 unless said otherwise. */
export const RunCode = {
  /** First event of every run. The subject is STARTED_DRIVEN if another program drives the machine. */
  start: 1,
  /** Warm reset of a PE: UNKNOWN fields get the scenario's values (K 1.1). */
  peReset: 2,
  /** Last event of a run that reached its end. */
  end: 3,
} as const;

/** Subject of the start of a run whose commands come from outside (`mpamlab bus`): a replay takes them from the run. */
export const STARTED_DRIVEN = 1;

/**
 * Control-plane commands (EventKind.command): from the scenario's timeline, or from the boot sequence. MSCs are numbered on
 * their machine.
 */
export const CommandCode = {
  /** The MSCs are probed; the static key goes on. */
  mpamEnable: 1,
  /** A serious MPAM error: the static key goes off for good (K 5.8). */
  mpamDisable: 2,
  /** subject = thread, argument 1 = control group: resctrl moves a task. */
  move: 3,
  /** subject = control group: resctrl changes the default label of the CPU. */
  cpuDefault: 4,
  cpuOffline: 5,
  cpuOnline: 6,
  /** argument 1 = 1 if registers were lost: the CPU goes through a power state and resumes. */
  cpuPm: 7,
  /** subject = thread; arguments: name, 1 for a write, value lo, hi: the guest will access a register. */
  guestAccess: 8,
  /** subject = name; arguments 1, 2 = value lo, hi: a register is changed behind Linux's back. */
  poke: 9,
  /**
   * subject = PARTID, argument 1 = PARTID space, 2 = index of the cache (-1: a memory), 3 = of a memory the MSC: settings of a
   * partition are written.
   */
  setPartition: 10,
  /** subject = number of the command: a program that drives the machine from outside sent a line. */
  busCommand: 11,
  /** subject = instance, argument 1 = MSC, 2 = PARTID space, 3 = RIS, 4 = 0 for CSU, 1 for MBWU: a monitor is programmed. */
  watchMonitor: 12,
  /** subject = register, argument 1 = MSC, 2 = value, 3 = its upper half, 4 = n of the register: software writes it. */
  writeMsc: 13,
  /** subject = event (7: local), argument 1 = MSC, 2 = PARTID space, 3 = ALL: a capture event reaches monitors. */
  capture: 14,
} as const;

export const RUN_CODE_NAMES: Readonly<Record<number, string>> = namesOf(RunCode);
export const COMMAND_CODE_NAMES: Readonly<Record<number, string>> = namesOf(CommandCode);

/** `{ mpamEnable: 1 }` to `{ 1: 'mpam_enable' }`. */
function namesOf(codes: Readonly<Record<string, number>>): Record<number, string> {
  return Object.fromEntries(Object.entries(codes).map(([name, code]) => [code, snakeCase(name)]));
}
