/** What the host's own threads execute. The engine knows a thread by its comm, so one comm has one workload. */
import type { Lookup } from './resolve-groups.ts';
import { refuseService } from './resolve-workloads.ts';
import type { HostTaskSpec } from './scenario.ts';
import type { Report } from './scenario-problem.ts';
import type { ScenarioInput } from './scenario-schema.ts';

const COMM_MAX = 15;

type HostTasks = ScenarioInput['host_tasks'];

export function resolveHostTasks(
  hostTasks: HostTasks,
  workloads: ScenarioInput['workloads'],
  workloadOf: Lookup,
  report: Report,
): readonly HostTaskSpec[] {
  const workloadByComm = new Map<string, number | undefined>();
  for (const [name, input] of Object.entries(hostTasks)) {
    const comm = hostTaskComm(name, input);
    const path = ['host_tasks', name, 'workload'];
    const workload = input.workload === undefined ? undefined : workloadOf(input.workload, path);
    if (input.workload !== undefined) refuseService(workloads[input.workload], path, report);
    if (workloadByComm.has(comm) && workloadByComm.get(comm) !== workload) {
      report(path, `another host task is called "${comm}" and executes something else`, {
        hint: 'give it another comm',
      });
    }
    workloadByComm.set(comm, workload);
  }
  return [...workloadByComm].flatMap(([comm, workload]) => (workload === undefined ? [] : [{ comm, workload }]));
}

/** The thread name of a host task: its comm, or its key as far as Linux keeps names. */
export function hostTaskComm(name: string, { comm }: Pick<HostTasks[string], 'comm'>): string {
  return comm ?? name.slice(0, COMM_MAX);
}
