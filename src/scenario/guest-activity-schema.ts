/** `guest_activity`: how guests live while their vCPU threads are on a CPU. */
import { z } from 'zod';
import { EXPONENTIAL_MEAN_NS_MAX } from '../loop/random-stream.ts';
import {
  DEFAULT_GUEST_ACTIVITY,
  EXIT_WEIGHT_MAX,
  type GuestActivityRates,
  HYPERCALLS_PER_THOUSAND_EXITS_MAX,
} from '../schedule/guest-activity/rates.ts';
import { duration, formatDuration, integer } from './quantities.ts';

const D = DEFAULT_GUEST_ACTIVITY;
const TRACE_TEXT = z.string().regex(/^[\x21-\x7e]{1,64}$/);

function mean(description: string, minNs: number, byDefaultNs: number) {
  return duration(description, minNs, EXPONENTIAL_MEAN_NS_MAX)
    .optional()
    .meta({ default: formatDuration(byDefaultNs) });
}

const exitReasonSchema = z.strictObject({
  reason: TRACE_TEXT.meta({ description: 'As kvm_exit names it: IRQ, DABT_LOW, SYS64, HVC64, ...' }),
  weight: integer('Share among the reasons.', 0, EXIT_WEIGHT_MAX),
  to_vmm_per_1000: integer('How many of 1000 such exits go out to the VMM.', 0, 1000).default(0),
  vmm_reason: TRACE_TEXT.default('KVM_EXIT_UNKNOWN').meta({
    description: 'The KVM_RUN exit reason the VMM then sees.',
  }),
});

/** All times are means of exponential distributions. */
export const guestActivitySchema = z.strictObject({
  guest_run: mean('Mean time in the guest between two exits of its own.', 1, D.guestRunMeanNs),
  handling: mean('Mean host kernel time from an exit to the next entry.', 0, D.handlingMeanNs),
  vmm: mean('Mean time in the VMM when an exit goes out to it.', 0, D.vmmMeanNs),
  el0: mean('Mean guest time at EL0 before EL1; 0: the guest stays at EL1.', 0, D.el0MeanNs),
  el1: mean('Mean guest time at EL1 before EL0.', 0, D.el1MeanNs),
  hypercalls_per_1000_exits: integer(
    'Host hypercalls to EL2 code per 1000 exits.',
    0,
    HYPERCALLS_PER_THOUSAND_EXITS_MAX,
  )
    .optional()
    .meta({ default: D.hypercallsPerThousandExits }),
  exit_reasons: z.array(exitReasonSchema).min(1).max(64).optional().meta({
    description: 'Why guests exit by themselves. Default: IRQ 55, DABT_LOW 20, SYS64 15, HVC64 10.',
  }),
});

export type GuestActivityInput = z.output<typeof guestActivitySchema>;

/** `base` with what `input` says otherwise. */
export function ratesWith(base: GuestActivityRates, input: GuestActivityInput | undefined): GuestActivityRates {
  if (input === undefined) return base;
  return {
    guestRunMeanNs: input.guest_run ?? base.guestRunMeanNs,
    handlingMeanNs: input.handling ?? base.handlingMeanNs,
    vmmMeanNs: input.vmm ?? base.vmmMeanNs,
    el0MeanNs: input.el0 ?? base.el0MeanNs,
    el1MeanNs: input.el1 ?? base.el1MeanNs,
    hypercallsPerThousandExits: input.hypercalls_per_1000_exits ?? base.hypercallsPerThousandExits,
    exitReasons:
      input.exit_reasons?.map((reason) => ({
        reason: reason.reason,
        weight: reason.weight,
        toVmmPerThousand: reason.to_vmm_per_1000,
        vmmReason: reason.vmm_reason,
      })) ?? base.exitReasons,
  };
}
