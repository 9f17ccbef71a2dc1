/** One task of the simulated host, with what the scheduler keeps about it and the random streams of its behaviour. */
import { type RandomStream, randomStream } from '../../loop/random-stream.ts';
import { NEVER } from '../earliest-time.ts';
import { GuestLife } from '../guest-activity/guest-life.ts';
import type { Registry } from '../registry.ts';
import { NICE_0_WEIGHT, type SimulatedTask } from './config.ts';

export const TaskState = { isNew: 0, sleeping: 1, waiting: 2, running: 3 } as const;
export type TaskState = (typeof TaskState)[keyof typeof TaskState];

export class HostTask {
  /** Position in the configuration; the tie-breaker wherever two tasks are equal. */
  readonly index: number;
  /** Index in the registry. */
  readonly thread: number;
  readonly config: SimulatedTask;
  readonly weight: number;
  /** The guest; undefined for a task that is no vCPU. */
  readonly life: GuestLife | undefined;
  /** Tasks that exits of this vCPU may wake. */
  readonly wakesOnExit: HostTask[] = [];
  state: TaskState = TaskState.isNew;
  /** The CPU that it runs on, waits for, or ran on last; -1 before its first wake-up. */
  cpu = -1;
  /** CPU time weighted to nice 0; comparable within the run queue of `cpu` only. */
  vruntimeNs = 0;
  /** CPU time still to go until it sleeps; for a vCPU thread its life knows, and this is NEVER. */
  busyLeftNs = NEVER;
  readonly #allowed: Uint8Array;
  /** What the last division by the weight left over, in weighted ns. */
  #vruntimeRemainder = 0;
  readonly #busy: RandomStream;
  readonly #sleep: RandomStream;
  readonly #wake: RandomStream;

  constructor(index: number, config: SimulatedTask, cpuCount: number, registry: Registry, seed: number) {
    this.index = index;
    this.config = config;
    this.weight = config.weight;
    this.thread = registry.internThread(config.tid, config.comm, config.tgid);
    this.#allowed = new Uint8Array(cpuCount).fill(config.cpus.length === 0 ? 1 : 0);
    for (const cpu of config.cpus) this.#allowed[cpu] = 1;
    const { tenant, vm, vcpu } = config.owner;
    const identity = vcpu >= 0 ? ['vcpu', tenant, vm, vcpu] : ['task', config.tid];
    this.#busy = randomStream(seed, 'busy', ...identity);
    this.#sleep = randomStream(seed, 'sleep', ...identity);
    this.#wake = randomStream(seed, 'wake', ...identity);
    this.life = this.#makeLife(registry, seed);
  }

  mayRunOn(cpu: number): boolean {
    return this.#allowed[cpu] === 1;
  }

  /** Add CPU time to the virtual runtime, exactly: nothing is lost to rounding however often it is called. */
  charge(ranNs: number): void {
    const weighted = ranNs * NICE_0_WEIGHT + this.#vruntimeRemainder;
    const chargedNs = Math.floor(weighted / this.weight);
    this.#vruntimeRemainder = weighted - chargedNs * this.weight;
    this.vruntimeNs += chargedNs;
  }

  /** A new busy phase begins. */
  startBusy(): void {
    if (this.life === undefined) this.busyLeftNs = this.#drawBusyNs();
  }

  /** How long it sleeps before its own timer wakes it; NEVER if only others do. */
  drawSleepNs(): number {
    const behaviour = this.config.behaviour;
    if (behaviour.kind !== 'periodic') return NEVER;
    return behaviour.distribution === 'fixed' ? behaviour.sleepNs : this.#sleep.exponentialNs(behaviour.sleepNs);
  }

  /** Does an exit of its VM's guest wake it? Draws for every exit, asleep or not, so that exits are independent. */
  drawWakeOnExit(): boolean {
    const behaviour = this.config.behaviour;
    return behaviour.kind === 'on-exit' && this.#wake.chance(behaviour.wakesPerThousandExits, 1000);
  }

  #drawBusyNs(): number {
    const behaviour = this.config.behaviour;
    if (behaviour.kind === 'always') return NEVER;
    return behaviour.distribution === 'fixed' ? behaviour.busyNs : this.#busy.exponentialNs(behaviour.busyNs);
  }

  #makeLife(registry: Registry, seed: number): GuestLife | undefined {
    const rates = this.config.guest;
    if (rates === undefined) return undefined;
    // The configuration decides who the thread is; a registry with other rules would draw from another stream.
    const thread = { ...registry.threads[this.thread]!, ...this.config.owner };
    return new GuestLife({ thread, registry, rates, seed, flags: 0, busyNs: () => this.#drawBusyNs() });
  }
}
