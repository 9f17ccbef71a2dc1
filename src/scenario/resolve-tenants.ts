/** Tenants and their VMs, in the file's order. */
import {
  DEFAULT_GUEST_ACTIVITY,
  type GuestActivityRates,
  guestActivityProblems,
} from '../schedule/guest-activity/rates.ts';
import { type GuestActivityInput, ratesWith } from './guest-activity-schema.ts';
import { withKernelShare } from './guest-kernel-share.ts';
import type { Lookup } from './resolve-groups.ts';
import { refuseService } from './resolve-workloads.ts';
import type { TenantSpec, VmSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';
import type { ScenarioInput } from './scenario-schema.ts';
import type { VmInput } from './tenant-schema.ts';

/** A VM with what only a simulated schedule needs of it. */
export interface ResolvedVm extends VmSpec {
  readonly path: Path;
  readonly input: VmInput;
}

export interface ResolvedTenants {
  readonly tenants: readonly TenantSpec[];
  readonly vms: readonly ResolvedVm[];
}

const VMS_MAX = 1000;

export function resolveTenants(
  input: ScenarioInput,
  groupOf: Lookup,
  workloadOf: Lookup,
  report: Report,
): ResolvedTenants {
  const commonRates = ratesWith(DEFAULT_GUEST_ACTIVITY, input.guest_activity);
  checkRates(commonRates, input.guest_activity, ['guest_activity'], report);
  const tenants: TenantSpec[] = [];
  const vms: ResolvedVm[] = [];
  const tenantOfVm = new Map<string, string>();
  for (const [tenantName, tenant] of Object.entries(input.tenants)) {
    const tenantPath = ['tenants', tenantName];
    const tenantGroup = groupOf(tenant.group, [...tenantPath, 'group']);
    for (const [name, vm] of Object.entries(tenant.vms)) {
      const path = [...tenantPath, 'vms', name];
      const other = tenantOfVm.get(name);
      if (other !== undefined) report(path, `tenant "${other}" has a VM of that name too`, { at: 'key' });
      tenantOfVm.set(name, tenantName);
      const group = vm.group === undefined ? tenantGroup : groupOf(vm.group, [...path, 'group']);
      const guestActivity = guestActivityOf(vm, path, commonRates, input.workloads, report);
      const executes = workloadsOf(vm, path, input.workloads, workloadOf, report);
      vms.push({ name, tenant: tenants.length, group, vcpus: vm.vcpus, guestActivity, ...executes, path, input: vm });
    }
    tenants.push({ name: tenantName, group: tenantGroup });
  }
  if (vms.length > VMS_MAX) report(['tenants'], `${vms.length} VMs; at most ${VMS_MAX}`);
  return { tenants, vms };
}

type Workloads = ScenarioInput['workloads'];

function guestActivityOf(
  vm: VmInput,
  path: Path,
  commonRates: GuestActivityRates,
  workloads: Workloads,
  report: Report,
): GuestActivityRates {
  const rates = ratesWith(commonRates, vm.guest_activity);
  checkRates(rates, vm.guest_activity, [...path, 'guest_activity'], report);
  const share = vm.workload === undefined ? undefined : workloads[vm.workload]?.kernel_share;
  return share === undefined ? rates : withKernelShare(rates, share, vm.guest_activity, path, report);
}

function workloadsOf(
  vm: VmInput,
  path: Path,
  workloads: Workloads,
  workloadOf: Lookup,
  report: Report,
): Pick<VmSpec, 'workload' | 'vmmWorkload'> {
  const { workload, vmm_workload: vmmWorkload } = vm;
  const vmmPath = [...path, 'vmm_workload'];
  if (vmmWorkload !== undefined) refuseService(workloads[vmmWorkload], vmmPath, report);
  return {
    workload: workload === undefined ? undefined : workloadOf(workload, [...path, 'workload']),
    vmmWorkload: vmmWorkload === undefined ? undefined : workloadOf(vmmWorkload, vmmPath),
  };
}

/** The rates as the file calls them. */
const KEYS: Readonly<Record<keyof GuestActivityRates, string>> = {
  guestRunMeanNs: 'guest_run',
  handlingMeanNs: 'handling',
  vmmMeanNs: 'vmm',
  el0MeanNs: 'el0',
  el1MeanNs: 'el1',
  hypercallsPerThousandExits: 'hypercalls_per_1000_exits',
  exitReasons: 'exit_reasons',
};

/** Rules between the rates, such as "el1 may be 0 only if el0 is". */
function checkRates(
  rates: GuestActivityRates,
  input: GuestActivityInput | undefined,
  path: Path,
  report: Report,
): void {
  if (input === undefined) return;
  for (const problem of guestActivityProblems(rates, '')) {
    const field = /^\.(\w+)/.exec(problem.field)?.[1] ?? '';
    report([...path, keyOf(field)], problem.message.replaceAll(/\b\w+MeanNs\b/g, keyOf));
  }
}

/** The key for a rate; any other word as it is. */
function keyOf(word: string): string {
  return Object.hasOwn(KEYS, word) ? KEYS[word as keyof GuestActivityRates] : word;
}
