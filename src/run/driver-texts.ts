/** Texts that the driver itself gives as exit reasons, where the schedule has no exit to take one from. */
import { REASON_PREEMPTED } from '../schedule/guest-activity/guest-life.ts';
import type { Registry } from '../schedule/registry.ts';

/** The exit reason of a trapped system register access, as the arm64 kvm_exit trace event names it. */
const REASON_TRAP = 'SYS64';

/** Ids in the run's registry. */
export interface DriverTexts {
  /** A guest exit that must have happened but is not in the schedule. */
  readonly interrupt: number;
  /** A guest exit because of a trapped register access. */
  readonly trap: number;
}

export function internDriverTexts(registry: Registry): DriverTexts {
  return { interrupt: registry.internText(REASON_PREEMPTED), trap: registry.internText(REASON_TRAP) };
}
