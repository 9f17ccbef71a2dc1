/**
 * What a machine executes, decided before the run: who the executors are, how much memory they touch, and so how large the
 * caches' tables must be.
 *
 * An executor is whoever runs a workload of its own: a vCPU in its guest, the threads of a VM outside it (VMM and host kernel
 * on its behalf, as one), or the host's threads of one name.
 */

import { NO_LINE } from '../../loop/assembly/layout.ts';
import { BlockLayout } from '../../loop/block.ts';
import { hierarchyOf } from '../../machine/hierarchy-of.ts';
import type { TopologySpec } from '../../machine/topology.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { planStreams } from '../../workload/streams/stream-blueprint.ts';
import type { ExecutorPlan } from '../../workload/streams/stream-plan.ts';
import type { WorkloadSpec } from '../../workload/workload.ts';
import { PlanError } from '../plan-error.ts';
import type { ExecutionPlan, ExecutorOf } from './execution.ts';
import { reserveExecution } from './execution-regions.ts';

/** Bytes that one machine's tables may take: with all others they must fit the 4 GiB that WebAssembly addresses. */
const BLOCK_BYTES_MAX = 4 * 2 ** 30 - 2 ** 24;
const OWNERS_MIN = 64;
const OWNERS_MAX = 1024;

/** What the run's machines execute, by machine; undefined for those without caches. @throws PlanError if it does not fit. */
export function planExecutions(scenario: Scenario, peCount: number): readonly (ExecutionPlan | undefined)[] {
  const plans = scenario.machines.map(({ name, topology }) =>
    topology === undefined ? undefined : planExecution(scenario, name, topology, peCount),
  );
  const layout = new BlockLayout();
  for (const [machine, plan] of plans.entries()) {
    if (plan !== undefined) reserveExecution(layout, plan, scenario.machines[machine]!.name);
  }
  if (layout.byteLength > BLOCK_BYTES_MAX) {
    const gib = (layout.byteLength / 2 ** 30).toFixed(1);
    throw new PlanError(scenario.file, `the caches' tables and the streams of all machines need ${gib} GiB`, {
      allowed: 'below 4 GiB',
      hint: 'set miss_classes: false for private levels, shrink everything by machine.scale, or run fewer machines at a time',
    });
  }
  return plans;
}

function planExecution(scenario: Scenario, machine: string, topology: TopologySpec, peCount: number): ExecutionPlan {
  const executors = [...guestExecutors(scenario), ...hostExecutors(scenario)];
  const { lineBytes, memory } = topology;
  const streams = planStreams({
    name: machine,
    seed: scenario.seed,
    executors: executors.map(({ plan }) => plan),
    lineBytes,
    pageBytes: memory.pageBytes,
    placement: memory.placement,
    recordedPages: recordedPages(
      executors.map(({ plan }) => plan.workload),
      memory,
    ),
  });
  refuseTooManyLines(scenario, machine, streams.physicalLines * lineBytes, lineBytes);
  const hierarchy = hierarchyOf(topology, peCount, {
    physicalLines: streams.physicalLines,
    ownerCapacity: ownerCapacity(scenario, peCount),
    seed: scenario.seed,
  });
  return { topology, hierarchy, executors: executors.map(({ of }) => of), streams };
}

/** Lines are numbered in 32 bits. @throws PlanError */
function refuseTooManyLines({ file }: Scenario, machine: string, bytes: number, lineBytes: number): void {
  if (bytes <= NO_LINE * lineBytes) return;
  const gib = (count: number): string => `${(count / 2 ** 30).toFixed(1)} GiB`;
  throw new PlanError(file, `what is executed on machine "${machine}" touches ${gib(bytes)} of memory`, {
    allowed: `below ${gib((NO_LINE + 1) * lineBytes)}, with lines of ${lineBytes} bytes`,
    hint: 'make working sets smaller or shared, or shrink everything by machine.scale',
  });
}

interface PlannedExecutor {
  readonly of: ExecutorOf;
  readonly plan: ExecutorPlan;
}

function guestExecutors({ vms, workloads }: Scenario): PlannedExecutor[] {
  return vms.flatMap(({ name, tenant, vcpus, workload }, vm) => {
    if (workload === undefined) return [];
    return Array.from({ length: vcpus }, (_, vcpu): PlannedExecutor => {
      const identity = ['guest', tenant, name, vcpu];
      return {
        of: { kind: 'guest', vm, vcpu },
        plan: { identity, sharingGroup: `guest of ${name}`, workload: workloads[workload]! },
      };
    });
  });
}

function hostExecutors({ vms, hostTasks, workloads }: Scenario): PlannedExecutor[] {
  const planned = (of: ExecutorOf, identity: readonly (string | number)[], workload: number): PlannedExecutor => {
    return { of, plan: { identity, sharingGroup: identity.join(' '), workload: workloads[workload]! } };
  };
  const vmms = vms.flatMap(({ name, tenant, vmmWorkload }, vm) =>
    vmmWorkload === undefined ? [] : [planned({ kind: 'vmm', vm }, ['vmm', tenant, name], vmmWorkload)],
  );
  const tasks = hostTasks.map(({ comm, workload }) => planned({ kind: 'host', comm }, ['host', comm], workload));
  return [...vmms, ...tasks];
}

/** Physical memory for what recorded traces touch, which nobody knows beforehand: as the topology says, for each executor. */
function recordedPages(
  workloads: readonly WorkloadSpec[],
  { recordedBytes, pageBytes }: TopologySpec['memory'],
): number {
  return workloads.filter(({ kind }) => kind === 'recorded').length * Math.ceil(recordedBytes / pageBytes);
}

/**
 * Room for (label, tenant) pairs: every tenant may come to run under the data and the instruction label of every group,
 * under 0/0, and under what a PE's registers happen to hold. Matrices have this many rows and columns.
 */
function ownerCapacity({ tenants, groups, timeline }: Scenario, peCount: number): number {
  const labels = 2 * groups.length + 2 * peCount + timeline.length + 1;
  const wanted = 2 ** Math.ceil(Math.log2(labels * (tenants.length + 1)));
  return Math.min(Math.max(wanted, OWNERS_MIN), OWNERS_MAX);
}
