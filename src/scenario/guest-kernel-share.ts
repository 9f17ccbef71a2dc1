/** How a workload's `kernel_share` divides guest time between EL0 and EL1. */
import { EXPONENTIAL_MEAN_NS_MAX } from '../loop/random-stream.ts';
import type { GuestActivityRates } from '../schedule/guest-activity/rates.ts';
import type { GuestActivityInput } from './guest-activity-schema.ts';
import type { Path, Report } from './scenario-problem.ts';

/**
 * The rates with el1 such that, on average, the guest spends the share at EL1: el1 = el0 * share / (1 - share), at least
 * 1 ns. A share of all of the time leaves no EL0.
 * @param share per thousand, 1 to 1000.
 * @param own what the VM itself says of its guest's life; if that sets the times, the two contradict each other.
 * @param path of the VM.
 */
export function withKernelShare(
  rates: GuestActivityRates,
  share: number,
  own: GuestActivityInput | undefined,
  path: Path,
  report: Report,
): GuestActivityRates {
  const percent = `kernel_share of ${share / 10}%`;
  const stated = (['el0', 'el1'] as const).find((key) => own?.[key] !== undefined);
  if (stated !== undefined) {
    const hint = `leave out ${stated} here, or kernel_share there`;
    report([...path, 'guest_activity', stated], `the workload divides guest time by its ${percent}`, { hint });
    return rates;
  }
  if (share === 1000) return { ...rates, el0MeanNs: 0 };
  const el1MeanNs = Math.max(1, Math.round((rates.el0MeanNs * share) / (1000 - share)));
  if (rates.el0MeanNs === 0) {
    report([...path, 'workload'], `its ${percent} leaves time at EL0, but guest_activity.el0 is 0`);
  } else if (el1MeanNs > EXPONENTIAL_MEAN_NS_MAX) {
    report([...path, 'workload'], `its ${percent} makes guest_activity.el1 longer than any mean can be`, {
      hint: 'make guest_activity.el0 shorter',
    });
  }
  return { ...rates, el1MeanNs };
}
