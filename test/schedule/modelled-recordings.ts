/** Small recordings without kvm_entry and kvm_exit, and what the guest activity model makes of them, for tests. */
import { DEFAULT_GUEST_ACTIVITY, type GuestActivityRates } from '../../src/schedule/guest-activity/rates.ts';
import { type GuestActivityOptions, withGuestActivity } from '../../src/schedule/guest-activity/with-guest-activity.ts';
import { NO_OWNER, type OwnerOf, Registry } from '../../src/schedule/registry.ts';
import { type Row, rowsOf, sourceOf } from './schedule-rows.ts';

/** Thread 100 + n is vCPU n of tenant n; 50 is the host's. */
const ownerOf: OwnerOf = (tid) => {
  return tid < 100 ? NO_OWNER : { tenant: tid - 100, vm: tid - 100, vcpu: tid - 100, group: 0 };
};

export function registryOf(vcpus: number): Registry {
  const registry = new Registry(ownerOf);
  for (let vcpu = 0; vcpu < vcpus; vcpu++) registry.internThread(100 + vcpu, `CPU ${vcpu}/KVM`);
  registry.internThread(50, 'kworker');
  return registry;
}

/** A sched_switch as a recording has it; threads by id, 0 is idle. */
export function sched(registry: Registry, timeNs: number, cpu: number, from: number, state: string, to: number): Row {
  const [thread, peer] = [registry.threadOfTid(from), registry.threadOfTid(to)];
  return { timeNs, kind: 'switch', cpu, thread, peer, detail: registry.internText(state), modelled: false };
}

export function stop(registry: Registry, timeNs: number, cpu: number, tid: number): Row {
  const thread = registry.threadOfTid(tid);
  return { timeNs, kind: 'stop', cpu, thread, peer: -1, detail: 0, modelled: false };
}

/** Never exits, never changes its EL, and enters 1 ns after it came onto the CPU. */
export const QUIET: GuestActivityRates = {
  ...DEFAULT_GUEST_ACTIVITY,
  guestRunMeanNs: 2 ** 40,
  handlingMeanNs: 0,
  vmmMeanNs: 0,
  el0MeanNs: 0,
};

export function model(
  registry: Registry,
  rows: readonly Row[],
  rest: Partial<GuestActivityOptions> = {},
  batch = 4096,
): Row[] {
  const options = { registry, seed: 1, cpuCount: 4, ratesOf: () => DEFAULT_GUEST_ACTIVITY, ...rest };
  return rowsOf(sourceOf(rows, batch).pipe(withGuestActivity(options)));
}
