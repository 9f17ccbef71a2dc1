/** How one PE comes up: reset, firmware, then the kernel's own steps (K 1.1, 1.5, 2.3). */
import { cpuEnableMpam, finaliseEl2State, firmwareInit } from '../kvm/host-labels.ts';
import { EventKind, World } from '../loop/event-row.ts';
import { RunCode } from './codes.ts';
import type { MachineDriver } from './machine-driver.ts';

/** Warm reset, firmware, and the kernel's CPU bring-up: at boot and on CPU online. */
export function bringUpPe(driver: MachineDriver, pe: number, causeSeq: number): void {
  resetPe(driver, pe, causeSeq);
  finaliseEl2State(driver.host, pe);
  cpuEnableMpam(driver.host, pe);
}

/**
 * Warm reset: what the PE's MPAM registers held is lost and UNKNOWN fields take the scenario's values; then firmware. All
 * consequences, the kernel's steps after it included, name the reset as their cause.
 */
export function resetPe(driver: MachineDriver, pe: number, causeSeq: number): void {
  const { host } = driver;
  const highestEl = host.hasEl3 ? 3 : 2;
  host.ring.causeSeq = causeSeq;
  host.ring.causeSeq = host.ring.append(EventKind.run, highestEl, World.firmware, RunCode.peReset, pe, 0, 0, 0, 0, 0);
  host.pes.reset(pe, driver.unknownValues(pe));
  firmwareInit(host, pe);
}
