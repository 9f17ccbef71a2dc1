/**
 * On which CPU a task belongs. Together these rules make the host work-conserving: at no time is a CPU idle while a task
 * waits that may run on it.
 *
 * Left out of Linux's many rules: caches and NUMA distances, periodic balancing between busy CPUs (so three equal tasks
 * on two CPUs stay two and one), CPU capacity.
 */
import type { HostTask } from './host-task.ts';
import type { RunQueue } from './run-queue.ts';

/** Where a woken task goes: to an idle CPU if there is one, else to the least loaded; of equals, where it was before. */
export function placeWoken(queues: readonly RunQueue[], task: HostTask): RunQueue {
  return idleCpuFor(queues, task) ?? leastLoadedFor(queues, task);
}

/** An idle CPU that the task may run on: its last one, or the lowest-numbered. */
export function idleCpuFor(queues: readonly RunQueue[], task: HostTask): RunQueue | undefined {
  const last = queues[task.cpu];
  if (last !== undefined && last.running === undefined && task.mayRunOn(last.cpu)) return last;
  return queues.find((queue) => queue.running === undefined && task.mayRunOn(queue.cpu));
}

function leastLoadedFor(queues: readonly RunQueue[], task: HostTask): RunQueue {
  const last = queues[task.cpu];
  let best = last !== undefined && task.mayRunOn(last.cpu) ? last : undefined;
  for (const queue of queues) {
    if (task.mayRunOn(queue.cpu) && (best === undefined || queue.load < best.load)) best = queue;
  }
  if (best === undefined) throw new Error(`task ${task.config.tid} may run on no CPU`);
  return best;
}

/** What an idle CPU takes from others: of the most loaded CPU that has something for it, the task that is owed most. */
export function pullFor(queues: readonly RunQueue[], idle: RunQueue): HostTask | undefined {
  let best: HostTask | undefined;
  let bestLoad = 0;
  for (const queue of queues) {
    if (queue.load <= bestLoad) continue;
    const task = queue.firstFor(idle.cpu);
    if (task === undefined) continue;
    best = task;
    bestLoad = queue.load;
  }
  return best;
}
