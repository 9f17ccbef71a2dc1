/** What the schedule rows of a run say of contexts that executed something: whose they were, under which labels, how long. */
import { EventKind, unpackIndex, unpackLasted, World } from '../../../src/loop/event-row.ts';
import { ROW_MISLABELLED, ROW_MODELLED } from '../../../src/run/context-rows.ts';
import type { ExecutorOf } from '../../../src/run/execution/execution.ts';
import { type Execution, sum } from './run-fixture.ts';

export interface ExecutingContext {
  readonly machine: number;
  /** Numbered through all machines. */
  readonly pe: number;
  readonly executor: ExecutorOf;
  readonly tenant: number;
  readonly world: number;
  readonly el: number;
  readonly lastedNs: number;
  readonly dataLabel: number;
  readonly instructionLabel: number;
}

/** What a thread executes, in its guest or outside; undefined: nothing. */
export function executorOf(
  run: Execution,
  machine: number,
  thread: number,
  isInGuest: boolean,
): ExecutorOf | undefined {
  const { vm, vcpu, comm } = run.engine.registry.threads[thread]!;
  return run.plan.machines[machine]!.execution!.executors.find((executor) => {
    if (executor.kind === 'host') return !isInGuest && vm < 0 && executor.comm === comm;
    if (executor.kind === 'vmm') return !isInGuest && executor.vm === vm;
    return isInGuest && executor.vm === vm && executor.vcpu === vcpu;
  });
}

/** All contexts that lasted and had something to execute. */
export function executingContexts(run: Execution): ExecutingContext[] {
  const { machines } = run.plan;
  const endOf = machines.map((_, index) => sum(machines.slice(0, index + 1).map(({ peCount }) => peCount)));
  return run.events.flatMap(({ kind, pe, el, world, words }) => {
    if (kind !== EventKind.schedule) return [];
    const [word3 = 0, word4 = 0, word5 = 0, data = 0, instruction = 0] = words;
    const thread = unpackIndex(word3);
    const machine = endOf.findIndex((end) => pe < end);
    const executor = thread <= 0 ? undefined : executorOf(run, machine, thread, world === World.guest);
    const lastedNs = unpackLasted(word3, word4, word5);
    if (executor === undefined || lastedNs === 0) return [];
    const { tenant } = run.engine.registry.threads[thread]!;
    const [dataLabel, instructionLabel] = [data, instruction].map(
      (label) => label & ~(ROW_MISLABELLED | ROW_MODELLED),
    ) as [number, number];
    return [{ machine, pe, executor, tenant, world, el, lastedNs, dataLabel, instructionLabel }];
  });
}

/** Sides without accesses pass without being accounted for: the same scenario with some on every side. */
export function withKernels(scenario: object): object {
  const { workloads, ...rest } = scenario as { workloads: Record<string, object> };
  const kernel = { data: { pattern: 'uniform', size: '8KiB' } };
  return {
    ...rest,
    workloads: Object.fromEntries(Object.entries(workloads).map(([name, one]) => [name, { ...one, kernel }])),
  };
}
