/**
 * How a vCPU lives while its thread is on a CPU: how long it stays in the guest, why it leaves it, how long the host
 * takes to handle that, and how the guest divides its time between EL0 and EL1.
 *
 * All times are means of exponential distributions in ns. Chances are integers per thousand.
 */
import { EXPONENTIAL_MEAN_NS_MAX } from '../../loop/random-stream.ts';
import { type ConfigProblem, expectInteger } from '../config-problem.ts';

/** Why a guest exits by itself. */
interface ExitReason {
  /** As the arm64 kvm_exit trace event names it: `IRQ`, or the exception class of a trap (`HVC64`, `DABT_LOW`, ...). */
  readonly reason: string;
  /** Share among the reasons, relative to the sum of all weights; 0..EXIT_WEIGHT_MAX. */
  readonly weight: number;
  /** How many of a thousand such exits return from KVM_RUN to the VMM; 0..1000. */
  readonly toVmmPerThousand: number;
  /** The KVM_RUN exit reason that the VMM then sees, e.g. `KVM_EXIT_MMIO`. */
  readonly vmmReason: string;
}

export interface GuestActivityRates {
  /** Time in the guest between two exits of its own; at least 1. Exits by preemption come on top. */
  readonly guestRunMeanNs: number;
  /** Host kernel time from an exit to the next entry, or to the return to the VMM. */
  readonly handlingMeanNs: number;
  /** VMM time between kvmRunExit and kvmRunEnter. */
  readonly vmmMeanNs: number;
  /** Guest time at EL0 before it goes to EL1. 0: the guest stays at EL1. */
  readonly el0MeanNs: number;
  /** Guest time at EL1 before it goes to EL0. At least 1 unless el0MeanNs is 0. */
  readonly el1MeanNs: number;
  /** Host hypercalls (HVC to EL2 code, other than running the guest) in a thousand exits, for nVHE; 0..1,000,000. */
  readonly hypercallsPerThousandExits: number;
  /** At least one reason of weight above 0. */
  readonly exitReasons: readonly ExitReason[];
}

export const EXIT_WEIGHT_MAX = 1_000_000;
export const HYPERCALLS_PER_THOUSAND_EXITS_MAX = 1_000_000;
const EXIT_REASONS_MAX = 64;

/**
 * A server guest: 5,000 exits of its own a second, most of them interrupts, some device accesses of which a third
 * reaches the VMM; three quarters of its time at EL0. A choice for convenience, not a measurement.
 */
export const DEFAULT_GUEST_ACTIVITY: GuestActivityRates = {
  guestRunMeanNs: 200_000,
  handlingMeanNs: 3_000,
  vmmMeanNs: 15_000,
  el0MeanNs: 60_000,
  el1MeanNs: 20_000,
  hypercallsPerThousandExits: 0,
  exitReasons: [
    { reason: 'IRQ', weight: 55, toVmmPerThousand: 0, vmmReason: 'KVM_EXIT_INTR' },
    { reason: 'DABT_LOW', weight: 20, toVmmPerThousand: 333, vmmReason: 'KVM_EXIT_MMIO' },
    { reason: 'SYS64', weight: 15, toVmmPerThousand: 0, vmmReason: 'KVM_EXIT_UNKNOWN' },
    { reason: 'HVC64', weight: 10, toVmmPerThousand: 50, vmmReason: 'KVM_EXIT_HYPERCALL' },
  ],
};

/** What is wrong with `rates`; `field` is the path to name before each problem. Empty when they can be used. */
export function guestActivityProblems(rates: GuestActivityRates, field: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const mean = (name: keyof GuestActivityRates & `${string}MeanNs`, min: number, hint = ''): void =>
    expectInteger(problems, `${field}.${name}`, rates[name], min, EXPONENTIAL_MEAN_NS_MAX, hint);
  mean('guestRunMeanNs', 1);
  mean('handlingMeanNs', 0);
  mean('vmmMeanNs', 0);
  mean('el0MeanNs', 0);
  if (rates.el0MeanNs > 0) mean('el1MeanNs', 1, 'set el0MeanNs to 0 for a guest that stays at EL1');
  else mean('el1MeanNs', 0);
  expectInteger(
    problems,
    `${field}.hypercallsPerThousandExits`,
    rates.hypercallsPerThousandExits,
    0,
    HYPERCALLS_PER_THOUSAND_EXITS_MAX,
  );
  problems.push(...exitReasonProblems(rates.exitReasons, `${field}.exitReasons`));
  return problems;
}

function exitReasonProblems(reasons: readonly ExitReason[], field: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  expectInteger(problems, `${field}.length`, reasons.length, 1, EXIT_REASONS_MAX);
  for (const [at, reason] of reasons.entries()) {
    expectInteger(problems, `${field}[${at}].weight`, reason.weight, 0, EXIT_WEIGHT_MAX);
    expectInteger(problems, `${field}[${at}].toVmmPerThousand`, reason.toVmmPerThousand, 0, 1000);
  }
  if (reasons.length > 0 && reasons.every((reason) => reason.weight === 0)) {
    problems.push({ field, message: 'all weights are 0; give at least one reason a weight above 0' });
  }
  return problems;
}
