/**
 * The run queue of one CPU: the task that runs, those that wait, and the virtual time that makes them comparable
 * (Documentation/scheduler/sched-design-CFS.rst).
 */
import { NEVER } from '../earliest-time.ts';
import { type HostTask, TaskState } from './host-task.ts';

export class RunQueue {
  readonly cpu: number;
  /** undefined: the CPU is idle. */
  running: HostTask | undefined;
  readonly waiting: HostTask[] = [];
  /** Sum of the weights of the running and the waiting tasks. */
  load = 0;
  /** When the running task has had its slice, and when it wants to sleep. */
  sliceEndNs = NEVER;
  busyEndNs = NEVER;
  #chargedUntilNs = 0;
  #minVruntimeNs = 0;

  constructor(cpu: number) {
    this.cpu = cpu;
  }

  /** The next moment at which something happens on this CPU by itself. */
  get nextNs(): number {
    const task = this.running;
    if (task === undefined) return NEVER;
    return Math.min(this.sliceEndNs, task.life === undefined ? this.busyEndNs : task.life.nextNs);
  }

  /**
   * Of the waiting tasks that may run on `cpu` (this one or another), the one with the lowest virtual runtime; of equals
   * the one that comes first in the configuration.
   */
  firstFor(cpu: number): HostTask | undefined {
    let first: HostTask | undefined;
    for (const task of this.waiting) {
      if (task.mayRunOn(cpu) && (first === undefined || isBefore(task, first))) first = task;
    }
    return first;
  }

  /** Put a task among the waiting. Its virtual runtime must be relative to this queue. */
  add(task: HostTask): void {
    task.state = TaskState.waiting;
    task.cpu = this.cpu;
    this.waiting.push(task);
    this.load += task.weight;
  }

  remove(task: HostTask): void {
    const at = this.waiting.indexOf(task);
    const last = this.waiting.pop()!;
    if (last !== task) this.waiting[at] = last;
    this.load -= task.weight;
  }

  /** A task that waits nowhere begins to run. */
  start(task: HostTask, timeNs: number, timeSliceNs: number): void {
    task.state = TaskState.running;
    task.cpu = this.cpu;
    this.running = task;
    this.load += task.weight;
    this.#chargedUntilNs = timeNs;
    this.sliceEndNs = timeNs + timeSliceNs;
    // At least 1 ns: a task that was preempted at its very end comes back to sleep, not to run for no time at all.
    this.busyEndNs = timeNs + Math.max(task.busyLeftNs, 1);
    task.life?.switchIn(timeNs);
  }

  /** The running task stops running; where it goes is the caller's business. */
  stop(timeNs: number): HostTask {
    const task = this.running!;
    this.charge(timeNs);
    task.busyLeftNs = this.busyEndNs - timeNs;
    this.load -= task.weight;
    this.running = undefined;
    return task;
  }

  /** The lowest virtual runtime of the tasks here; never decreases. Tasks from elsewhere are placed by it. */
  minVruntimeAt(timeNs: number): number {
    if (this.running !== undefined) this.charge(timeNs);
    return this.#minVruntimeNs;
  }

  /** Bring the running task's virtual runtime, and with it the queue's, up to now. */
  charge(timeNs: number): void {
    const task = this.running!;
    task.charge(timeNs - this.#chargedUntilNs);
    this.#chargedUntilNs = timeNs;
    const first = this.firstFor(this.cpu);
    const lowestNs = first === undefined ? task.vruntimeNs : Math.min(first.vruntimeNs, task.vruntimeNs);
    this.#minVruntimeNs = Math.max(this.#minVruntimeNs, lowestNs);
  }
}

function isBefore(a: HostTask, b: HostTask): boolean {
  return a.vruntimeNs < b.vruntimeNs || (a.vruntimeNs === b.vruntimeNs && a.index < b.index);
}
