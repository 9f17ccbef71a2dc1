/**
 * The simulated host: a fair scheduler in the spirit of Linux's CFS (Documentation/scheduler/sched-design-CFS.rst), as
 * a discrete-event simulation.
 *
 * - Each CPU runs the waiting task with the lowest virtual runtime (CPU time divided by weight) and asks it to make room
 *   after a slice, if another one is then not ahead of it.
 * - A woken task goes to an idle CPU or the least loaded one, starts at most half a slice behind its new queue, and
 *   preempts if it is behind by more than the wake-up granularity.
 * - A CPU that goes idle pulls a waiting task; a preempted task moves to an idle CPU if there is one.
 *
 * Total order: time; at equal times what happens on CPUs by itself, by CPU number (a guest's step, then a task that goes
 * to sleep, then the end of a slice), then timers by position in the configuration. All consequences of one event
 * follow it at once. Rows of one event come in the order in which Linux traces them: waking (with the CPU it slept on),
 * migrate, wakeup, a guest's exit, switch.
 *
 * Left out: the time that a context switch takes, interrupts and their load, scheduling classes other than fair, groups
 * (cgroups), NUMA, CPU hotplug.
 */
import { EarliestTime, NEVER } from '../earliest-time.ts';
import { IDLE_THREAD, type Registry } from '../registry.ts';
import { NO_THREAD, type ScheduleBatchBuilder, ScheduleKind } from '../schedule-batch.ts';
import { NICE_0_WEIGHT, type SimulatedScheduleConfig } from './config.ts';
import { HostTask, TaskState } from './host-task.ts';
import { idleCpuFor, placeWoken, pullFor } from './placement.ts';
import { RunQueue } from './run-queue.ts';

export class HostScheduler {
  readonly #config: SimulatedScheduleConfig;
  readonly #rows: ScheduleBatchBuilder;
  readonly #tasks: readonly HostTask[];
  readonly #queues: readonly RunQueue[];
  readonly #cpuDue: EarliestTime;
  readonly #wakeDue: EarliestTime;
  /** Interned prev_state texts. */
  readonly #runnable: number;
  readonly #sleeping: number;

  /** A host at time 0: all CPUs idle, all tasks about to be woken for the first time. Rows go to `rows`. */
  constructor(config: SimulatedScheduleConfig, registry: Registry, seed: number, rows: ScheduleBatchBuilder) {
    this.#config = config;
    this.#rows = rows;
    this.#tasks = config.tasks.map((task, index) => new HostTask(index, task, config.cpuCount, registry, seed));
    for (const task of this.#tasks) task.wakesOnExit.push(...tasksWokenBy(task, this.#tasks));
    this.#queues = Array.from({ length: config.cpuCount }, (_, cpu) => new RunQueue(cpu));
    this.#cpuDue = new EarliestTime(config.cpuCount);
    this.#wakeDue = new EarliestTime(config.tasks.length);
    for (const task of this.#tasks) this.#wakeDue.set(task.index, 0);
    this.#runnable = registry.internText('R');
    this.#sleeping = registry.internText('S');
  }

  /** When the next event is due, or NEVER. */
  get nextNs(): number {
    return Math.min(this.#cpuDue.timeNs, this.#wakeDue.timeNs);
  }

  /** Do the next event with all its consequences. Appends at most `eventRowsMax(config)` rows. */
  step(): void {
    const timeNs = this.nextNs;
    if (this.#cpuDue.timeNs === timeNs) {
      this.#cpuEvent(this.#queues[this.#cpuDue.index]!, timeNs);
    } else {
      const task = this.#tasks[this.#wakeDue.index]!;
      this.#wake(task, timeNs, task.cpu);
    }
  }

  /** The thread that runs on a CPU. */
  threadOn(cpu: number): number {
    return this.#queues[cpu]!.running?.thread ?? IDLE_THREAD;
  }

  #cpuEvent(queue: RunQueue, timeNs: number): void {
    const task = queue.running!;
    if (task.life?.nextNs === timeNs) this.#stepGuest(queue, task, timeNs);
    else if (task.life === undefined && queue.busyEndNs === timeNs) this.#sleep(queue, timeNs);
    else this.#endSlice(queue, timeNs);
    this.#cpuDue.set(queue.cpu, queue.nextNs);
  }

  #stepGuest(queue: RunQueue, task: HostTask, timeNs: number): void {
    const kind = task.life!.step(queue.cpu, this.#rows);
    if (kind === ScheduleKind.halt) this.#sleep(queue, timeNs);
    if (kind !== ScheduleKind.guestExit) return;
    for (const woken of task.wakesOnExit) {
      if (woken.drawWakeOnExit() && woken.state === TaskState.sleeping) this.#wake(woken, timeNs, queue.cpu);
    }
  }

  /** The running task has nothing to do. */
  #sleep(queue: RunQueue, timeNs: number): void {
    const task = queue.stop(timeNs);
    task.life?.switchOut(timeNs, queue.cpu, this.#rows);
    task.state = TaskState.sleeping;
    this.#wakeDue.set(task.index, timeNs + task.drawSleepNs());
    const next = this.#takeFirst(queue) ?? this.#pull(queue, timeNs);
    this.#switchTo(queue, task.thread, this.#sleeping, next, timeNs);
  }

  #endSlice(queue: RunQueue, timeNs: number): void {
    queue.charge(timeNs);
    const first = queue.firstFor(queue.cpu);
    if (first !== undefined && first.vruntimeNs <= queue.running!.vruntimeNs) this.#preempt(queue, timeNs);
    else queue.sliceEndNs = timeNs + this.#config.timeSliceNs;
  }

  /** Wake a task from CPU `wakerCpu` (-1: it is new, and starts where it is placed). */
  #wake(task: HostTask, timeNs: number, wakerCpu: number): void {
    this.#wakeDue.set(task.index, NEVER);
    const queue = placeWoken(this.#queues, task);
    this.#tellWake(task, timeNs, wakerCpu, queue.cpu);
    this.#placeInTime(task, queue, timeNs);
    task.startBusy();
    if (queue.running === undefined) {
      this.#switchTo(queue, IDLE_THREAD, this.#runnable, task, timeNs);
      return;
    }
    queue.add(task);
    const granularityNs = Math.floor((this.#config.wakeupGranularityNs * NICE_0_WEIGHT) / task.weight);
    if (task.vruntimeNs + granularityNs < queue.running.vruntimeNs) this.#preempt(queue, timeNs);
  }

  #tellWake(task: HostTask, timeNs: number, wakerCpu: number, cpu: number): void {
    if (task.state === TaskState.isNew) {
      this.#rows.push(timeNs, ScheduleKind.wakeupNew, cpu, task.thread, NO_THREAD, cpu);
      return;
    }
    this.#rows.push(timeNs, ScheduleKind.waking, wakerCpu, task.thread, NO_THREAD, task.cpu);
    if (task.cpu !== cpu) this.#rows.push(timeNs, ScheduleKind.migrate, wakerCpu, task.thread, task.cpu, cpu);
    this.#rows.push(timeNs, ScheduleKind.wakeup, wakerCpu, task.thread, NO_THREAD, cpu);
  }

  /** A sleeper keeps its place in virtual time, but is never owed more than half a slice for having slept. */
  #placeInTime(task: HostTask, queue: RunQueue, timeNs: number): void {
    const minNs = queue.minVruntimeAt(timeNs);
    if (task.state === TaskState.isNew) task.vruntimeNs = minNs;
    else this.#rebase(task, queue, timeNs);
    task.vruntimeNs = Math.max(task.vruntimeNs, minNs - Math.floor(this.#config.timeSliceNs / 2));
  }

  /** Virtual runtimes compare within one queue only: keep the distance to the queue's minimum. */
  #rebase(task: HostTask, queue: RunQueue, timeNs: number): void {
    task.vruntimeNs += queue.minVruntimeAt(timeNs) - this.#queues[task.cpu]!.minVruntimeAt(timeNs);
  }

  /** The running task makes room for the first waiting one, and goes to an idle CPU if it may. */
  #preempt(queue: RunQueue, timeNs: number): void {
    const next = this.#takeFirst(queue);
    const task = queue.stop(timeNs);
    task.life?.switchOut(timeNs, queue.cpu, this.#rows);
    this.#switchTo(queue, task.thread, this.#runnable, next, timeNs);
    const idle = idleCpuFor(this.#queues, task);
    if (idle === undefined) queue.add(task);
    else {
      this.#migrate(task, idle, timeNs);
      this.#switchTo(idle, IDLE_THREAD, this.#runnable, task, timeNs);
    }
  }

  #takeFirst(queue: RunQueue): HostTask | undefined {
    const first = queue.firstFor(queue.cpu);
    if (first !== undefined) queue.remove(first);
    return first;
  }

  #pull(idle: RunQueue, timeNs: number): HostTask | undefined {
    const task = pullFor(this.#queues, idle);
    if (task === undefined) return undefined;
    this.#queues[task.cpu]!.remove(task);
    this.#migrate(task, idle, timeNs);
    return task;
  }

  /** The CPU that takes the task tells of it. */
  #migrate(task: HostTask, queue: RunQueue, timeNs: number): void {
    this.#rows.push(timeNs, ScheduleKind.migrate, queue.cpu, task.thread, task.cpu, queue.cpu);
    this.#rebase(task, queue, timeNs);
  }

  #switchTo(queue: RunQueue, previous: number, state: number, next: HostTask | undefined, timeNs: number): void {
    const thread = next?.thread ?? IDLE_THREAD;
    this.#rows.push(timeNs, ScheduleKind.switch, queue.cpu, previous, thread, state);
    if (next !== undefined) queue.start(next, timeNs, this.#config.timeSliceNs);
    this.#cpuDue.set(queue.cpu, queue.nextNs);
  }
}

/** The most rows that one event appends: a guest's exit may wake every other thread of its VM. */
export function eventRowsMax(config: SimulatedScheduleConfig): number {
  const wokenByExits = config.tasks.filter((task) => task.behaviour.kind === 'on-exit').length;
  // waking, migrate, wakeup, exit of the preempted guest, switch, migrate and switch of the preempted task
  return 7 * (wokenByExits + 1) + 1;
}

function tasksWokenBy(vcpu: HostTask, tasks: readonly HostTask[]): HostTask[] {
  if (vcpu.life === undefined) return [];
  const { tenant, vm } = vcpu.config.owner;
  return tasks.filter(({ config }) => {
    return config.behaviour.kind === 'on-exit' && config.owner.tenant === tenant && config.owner.vm === vm;
  });
}
