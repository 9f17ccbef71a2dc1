/**
 * The label of every task, as Linux keeps it in `task_thread_info(t)->mpam_partid_pmg` (K 2.1): a 64-bit value in
 * MPAM0_EL1 layout. It is also the tenant's own label, against which the label in force is judged (design section 3).
 *
 * One table serves all machines of a run: they get the same commands at the same times.
 */
import type { RegisterValue } from '../arch/registers.ts';
import type { KvmHost } from '../kvm/kvm-host.ts';
import type { ThreadsSpec } from '../scenario/scenario.ts';
import { grown } from '../schedule/grown.ts';
import { isKernelThread } from '../schedule/kernel-threads.ts';
import { isSameTask, NO_OWNER, type Registry, type Thread } from '../schedule/registry.ts';
import { NO_THREAD } from '../schedule/schedule-batch.ts';
import type { RunPlan } from './run-plan.ts';
import { selects } from './thread-selection.ts';
import { groupValue } from './unknown-reset.ts';

const FIRST_CAPACITY = 256;

/** A thread, and the group that a move put it in. */
interface MovedThread {
  readonly thread: number;
  readonly group: number;
}

const NO_MOVES: readonly MovedThread[] = [];

export class TaskLabels {
  /** Halves of the value, by thread index. 0/0 means: in the default group. */
  lo: Int32Array = new Int32Array(FIRST_CAPACITY);
  hi: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** 1 if the thread belongs to a tenant. */
  isOwned: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  /** 1 if the thread runs a vCPU: by the rules, or because it was seen to enter a guest. */
  isVcpu: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  /** 1 if the thread never runs in user space, as far as its name tells (kernel-threads.ts). */
  isKernelThread: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  readonly #registry: Registry;
  readonly #values: readonly RegisterValue[];
  #lateMoves: MovedThread[] = [];
  readonly #moves: { readonly threads: ThreadsSpec; readonly group: number }[] = [];
  /** The registry's entry that a thread's row was made from; a new entry means a new name or owner. */
  readonly #adopted: Thread[] = [];

  constructor(plan: RunPlan, registry: Registry) {
    this.#registry = registry;
    this.#values = plan.groups.map(groupValue);
  }

  /** Make sure that the thread's row is there and current. Called before a thread's index is used. */
  adopt(thread: number): void {
    const entry = this.#registry.threads[thread];
    if (entry === undefined) throw new Error(`schedule names thread ${thread}, which the registry does not know`);
    if (this.#adopted[thread] === entry) return;
    if (thread >= this.lo.length) this.#grow(thread + 1);
    const before = this.#adopted[thread];
    this.#adopted[thread] = entry;
    this.isOwned[thread] = entry.tenant === NO_OWNER.tenant ? 0 : 1;
    this.isKernelThread[thread] = isKernelThread(entry.comm) ? 1 : 0;
    if (entry.vcpu >= 0) this.isVcpu[thread] = 1;
    // A new name alone changes no label: Linux keeps the task's value. (A new owner is a new index.)
    if (before !== undefined) return;
    this.#set(thread, entry.group);
    const move = this.#moves.findLast(({ threads }) => selects(threads, entry));
    if (move === undefined) return;
    this.#set(thread, move.group);
    this.#lateMoves.push({ thread, group: move.group });
  }

  /** Threads that turned up after a move that means them; each is told once. */
  takeLateMoves(): readonly MovedThread[] {
    if (this.#lateMoves.length === 0) return NO_MOVES;
    const moves = this.#lateMoves;
    this.#lateMoves = [];
    return moves;
  }

  /** True if two indexes are one Linux task, under the names that it had at different times. */
  isSameTask(a: number, b: number): boolean {
    return isSameTask(this.#registry.threads[a]!, this.#registry.threads[b]!);
  }

  /** The threads seen so far that a selector means; not those that the importer has read ahead of us. */
  selected(threads: ThreadsSpec): number[] {
    return this.#adopted.filter((entry) => selects(threads, entry)).map((entry) => entry.index);
  }

  /** resctrl writes the selected tasks into a group: those seen so far, and those that turn up later. */
  move(threads: ThreadsSpec, group: number): void {
    this.#moves.push({ threads, group });
    for (const thread of this.selected(threads)) this.#set(thread, group);
  }

  /** The thread seen last that runs this vCPU, or NO_THREAD. */
  threadOfVcpu(vm: number, vcpu: number): number {
    return this.#adopted.findLast((entry) => entry?.vm === vm && entry.vcpu === vcpu)?.index ?? NO_THREAD;
  }

  /** The vCPU that a thread runs, as one number; the same for all threads that run it in turn. */
  vcpuOf(thread: number): number {
    const { vm, vcpu } = this.#adopted[thread]!;
    return vcpuKey(vm, vcpu);
  }

  /**
   * The tenant's own data label on a PE: PARTID 15:0, PMG 23:16, as in a packed label. A task of the default group owns
   * the default label of the CPU.
   */
  ownData(host: KvmHost, pe: number, thread: number): number {
    const lo = this.lo[thread]!;
    const hi = this.hi[thread]!;
    if (isGlobalDefault(host, lo, hi)) return dataLabel(host.defaultLow(pe), host.defaultHigh(pe));
    return dataLabel(lo, hi);
  }

  /** The same for instruction fetches. */
  ownInstruction(host: KvmHost, pe: number, thread: number): number {
    const lo = this.lo[thread]!;
    const hi = this.hi[thread]!;
    if (isGlobalDefault(host, lo, hi)) return instructionLabel(host.defaultLow(pe), host.defaultHigh(pe));
    return instructionLabel(lo, hi);
  }

  #set(thread: number, group: number): void {
    const value = this.#values[group];
    if (value === undefined) throw new Error(`thread ${thread} is in group ${group}, which the run does not have`);
    this.lo[thread] = value.lo;
    this.hi[thread] = value.hi;
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, this.lo.length * 2);
    this.lo = grown(this.lo, new Int32Array(capacity));
    this.hi = grown(this.hi, new Int32Array(capacity));
    this.isOwned = grown(this.isOwned, new Uint8Array(capacity));
    this.isVcpu = grown(this.isVcpu, new Uint8Array(capacity));
    this.isKernelThread = grown(this.isKernelThread, new Uint8Array(capacity));
  }
}

/** vCPU numbers are below 4096 (thread-rules.ts). */
export const vcpuKey = (vm: number, vcpu: number): number => vm * 4096 + vcpu;

const isGlobalDefault = (host: KvmHost, lo: number, hi: number): boolean =>
  lo === host.globalDefaultLow && hi === host.globalDefaultHigh;

/** From MPAM0_EL1 layout (PARTID_D 31:16, PMG_D 47:40) to PARTID 15:0, PMG 23:16. */
const dataLabel = (lo: number, hi: number): number => (lo >>> 16) | ((hi & 0xff00) << 8);
const instructionLabel = (lo: number, hi: number): number => (lo & 0xffff) | ((hi & 0xff) << 16);
