/**
 * Checkers that run over a whole schedule and judge it by what Linux and KVM allow, knowing nothing of how it was made.
 * Each throws an error that names the first row that breaks a rule.
 */
import type { Registry } from '../../src/schedule/registry.ts';
import { describeRow, type Row } from './schedule-rows.ts';

const IDLE = 0;

/** Time never goes back. */
export function checkTimeOrder(rows: readonly Row[]): void {
  for (let at = 1; at < rows.length; at++) {
    if (rows[at]!.timeNs < rows[at - 1]!.timeNs) throw new Error(`time goes back at row ${at}`);
  }
}

/**
 * A guest is entered and left in turn, by a thread that is on that CPU; it changes its EL only inside, and to the other
 * one; KVM_RUN returns and is called again in turn, outside the guest; a thread never leaves its CPU from inside a guest.
 */
export function checkGuestLife(rows: readonly Row[], registry: Registry): void {
  const running = new Map<number, number>();
  const inGuest = new Map<number, boolean>();
  const el = new Map<number, number>();
  const inVmm = new Map<number, boolean>();
  for (const row of rows) {
    const fail = (rule: string): never => {
      throw new Error(`${rule}: ${describeRow(row, registry)}`);
    };
    const isIn = inGuest.get(row.thread) ?? false;
    const isGuestRow = ['guestEntry', 'guestExit', 'guestEl', 'kvmRunExit', 'kvmRunEnter', 'halt', 'hypercall'];
    if (isGuestRow.includes(row.kind)) {
      if (running.get(row.cpu) !== row.thread) fail('the thread is not on this CPU');
      if (registry.threads[row.thread]!.vcpu < 0) fail('the thread is no vCPU');
      if (['kvmRunExit', 'hypercall', 'halt', 'kvmRunEnter', 'guestEntry'].includes(row.kind) && isIn) fail('in guest');
    }
    if (row.kind === 'switch') {
      if (isIn) fail('a thread leaves its CPU from inside its guest');
      running.set(row.cpu, row.peer);
    } else if (row.kind === 'guestEntry') {
      if (inVmm.get(row.thread) === true) fail('entry from the VMM');
      inGuest.set(row.thread, true);
    } else if (row.kind === 'guestExit') {
      if (!isIn) fail('exit without entry');
      inGuest.set(row.thread, false);
    } else if (row.kind === 'guestEl') {
      if (!isIn) fail('change of EL outside the guest');
      if (row.detail !== 1 - (el.get(row.thread) ?? 1)) fail('no change of EL');
      el.set(row.thread, row.detail);
    } else if (row.kind === 'kvmRunExit' || row.kind === 'kvmRunEnter') {
      if ((inVmm.get(row.thread) ?? false) !== (row.kind === 'kvmRunEnter')) fail('KVM_RUN out of turn');
      inVmm.set(row.thread, row.kind === 'kvmRunExit');
    }
  }
}

export interface Host {
  readonly registry: Registry;
  readonly cpuCount: number;
  /** May the thread run on the CPU? */
  readonly isAllowed: (thread: number, cpu: number) => boolean;
}

type Where = { state: 'sleeping' | 'waking' | 'waiting' | 'running'; cpu: number };

/**
 * What a host scheduler must keep: who leaves is who ran; a thread runs on one CPU at a time, on allowed CPUs only, and
 * only after it was woken; S sleeps, R waits; migrations start where the thread is; and work conservation: when time
 * moves on, no CPU is idle while a thread waits that may run on it.
 */
export function checkHostSchedule(rows: readonly Row[], host: Host): void {
  const { registry, cpuCount, isAllowed } = host;
  const running = new Array<number>(cpuCount).fill(IDLE);
  const where = new Map<number, Where>();
  let nowNs = 0;
  for (const row of rows) {
    const fail = (rule: string): never => {
      throw new Error(`${rule}: ${describeRow(row, registry)}`);
    };
    if (row.timeNs > nowNs) checkWorkConservation(running, where, host, row.timeNs);
    nowNs = row.timeNs;
    const known = where.get(row.thread);
    if (row.kind === 'switch') {
      if (row.thread !== running[row.cpu]) fail('who leaves is not who ran');
      if (row.thread === row.peer) fail('a switch to itself');
      const state = registry.texts[row.detail];
      if (row.thread !== IDLE) where.set(row.thread, { state: state === 'S' ? 'sleeping' : 'waiting', cpu: row.cpu });
      running[row.cpu] = row.peer;
      if (row.peer === IDLE) continue;
      const next = where.get(row.peer);
      if (next?.state !== 'waiting' || next.cpu !== row.cpu) fail(`who comes is ${next?.state} on CPU ${next?.cpu}`);
      if (!isAllowed(row.peer, row.cpu)) fail('not an allowed CPU');
      where.set(row.peer, { state: 'running', cpu: row.cpu });
    } else if (row.kind === 'wakeupNew') {
      if (known !== undefined) fail('not new');
      where.set(row.thread, { state: 'waiting', cpu: row.detail });
    } else if (row.kind === 'waking') {
      if (known?.state !== 'sleeping' || known.cpu !== row.detail) fail('not asleep there');
      where.set(row.thread, { state: 'waking', cpu: row.detail });
    } else if (row.kind === 'wakeup') {
      if (known?.state !== 'waking' || known.cpu !== row.detail) fail('not about to be woken there');
      where.set(row.thread, { state: 'waiting', cpu: row.detail });
    } else if (row.kind === 'migrate') {
      if (known?.cpu !== row.peer || known.state === 'running' || known.state === 'sleeping') fail('not there to move');
      if (row.peer === row.detail || !isAllowed(row.thread, row.detail)) fail('not a place to move to');
      where.set(row.thread, { state: known!.state, cpu: row.detail });
    } else if (row.kind === 'stop' && running[row.cpu] !== row.thread) fail('stop of a thread that does not run');
  }
}

function checkWorkConservation(
  running: readonly number[],
  where: ReadonlyMap<number, Where>,
  host: Host,
  timeNs: number,
): void {
  const idle = running.flatMap((thread, cpu) => (thread === IDLE ? [cpu] : []));
  if (idle.length === 0) return;
  for (const [thread, { state }] of where) {
    if (state === 'waking') throw new Error(`thread ${thread} is left in the middle of its wake-up before ${timeNs}`);
    const cpu = state === 'waiting' ? idle.find((candidate) => host.isAllowed(thread, candidate)) : undefined;
    if (cpu !== undefined) throw new Error(`CPU ${cpu} is idle while thread ${thread} waits before ${timeNs}`);
  }
}

/** On-CPU time per thread, up to the last row. */
export function onCpuNs(rows: readonly Row[]): Map<number, number> {
  const total = new Map<number, number>();
  const since = new Map<number, number>();
  for (const row of rows) {
    if (row.kind !== 'switch' && row.kind !== 'stop') continue;
    const ranNs = row.timeNs - (since.get(row.cpu) ?? 0);
    total.set(row.thread, (total.get(row.thread) ?? 0) + ranNs);
    since.set(row.cpu, row.timeNs);
  }
  return total;
}

/** The longest time that any thread waited for a CPU. */
export function longestWaitNs(rows: readonly Row[], registry: Registry): number {
  const waitsSince = new Map<number, number>();
  let longest = 0;
  for (const row of rows) {
    if (row.kind === 'wakeup' || row.kind === 'wakeupNew') waitsSince.set(row.thread, row.timeNs);
    if (row.kind !== 'switch') continue;
    longest = Math.max(longest, row.timeNs - (waitsSince.get(row.peer) ?? row.timeNs));
    waitsSince.delete(row.peer);
    if (row.thread !== IDLE && registry.texts[row.detail] === 'R') waitsSince.set(row.thread, row.timeNs);
  }
  const lastNs = rows.at(-1)?.timeNs ?? 0;
  return Math.max(longest, ...[...waitsSince.values()].map((sinceNs) => lastNs - sinceNs));
}

/**
 * A vCPU's own story in guest time: changes of EL and exits of its own, each with the guest time at which it happened.
 * Exits with `forcedReason` are the host's doing and are left out.
 */
export function guestStory(rows: readonly Row[], thread: number, registry: Registry, forcedReason: string): string[] {
  const story: string[] = [];
  let guestNs = 0;
  let enteredNs = 0;
  for (const row of rows) {
    if (row.thread !== thread) continue;
    if (row.kind === 'guestEntry') enteredNs = row.timeNs;
    if (row.kind === 'guestEl') story.push(`${guestNs + row.timeNs - enteredNs} EL${row.detail}`);
    if (row.kind === 'kvmRunExit') story.push(`${guestNs} ${registry.texts[row.detail]}`);
    if (row.kind !== 'guestExit') continue;
    guestNs += row.timeNs - enteredNs;
    if (registry.texts[row.detail] !== forcedReason) story.push(`${guestNs} ${registry.texts[row.detail]}`);
  }
  return story;
}
