/** How a machine comes up: every PE, then the MSC driver finishes and labels begin to be switched (K 2.1, `mpam_enabled`). */
import { EventKind, World } from '../loop/event-row.ts';
import { IDLE_THREAD } from '../schedule/registry.ts';
import { NO_THREAD } from '../schedule/schedule-batch.ts';
import { bringUpPe } from './bring-up.ts';
import { CommandCode } from './codes.ts';
import { applyCpuDefault } from './execute-command.ts';
import type { MachineDriver } from './machine-driver.ts';
import type { RunPlan } from './run-plan.ts';

export function bootMachine(plan: RunPlan, driver: MachineDriver): void {
  const { host } = driver;
  for (let pe = host.firstPe; pe < host.firstPe + host.peCount; pe++) {
    bringUpPe(driver, pe, 0);
    driver.contexts.setThread(pe, plan.startsIdle ? IDLE_THREAD : NO_THREAD);
  }
  host.ring.causeSeq = 0;
  host.ring.append(EventKind.command, 0, World.host, CommandCode.mpamEnable, host.firstPe, 0, 0, 0, 0, 0);
  host.mpamEnabled = true;
  for (const { cpu, group } of plan.cpuDefaults) if (cpu < host.peCount) applyCpuDefault(plan, driver, cpu, group);
}
