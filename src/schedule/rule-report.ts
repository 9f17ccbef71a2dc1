/**
 * Tells what the thread rules of a recording did not do, or did too often: rules that no thread matched, vCPUs that two
 * threads claim, vCPUs that a VM does not have, guests of nobody. All are import issues without a line, told at the end.
 *
 * Two threads that are the same vCPU one after the other are none of these: a VM may be started again.
 */
import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import { isSameTask, type OwnerOf, type Registry, type Thread } from './registry.ts';
import { type ScheduleBatch, ScheduleKind } from './schedule-batch.ts';
import { ownerOfRules, type ThreadRule } from './thread-rules.ts';

/** What there is to say of a VM. */
interface RuledVm {
  readonly name: string;
  readonly vcpus: number;
}

const THREADS_SHOWN_MAX = 4;

/** To be used once: for one registry and one reading of the recording. */
export class RuleReport {
  /** The registry's owner function. */
  readonly ownerOf: OwnerOf;
  readonly #rules: readonly ThreadRule[];
  readonly #vms: readonly RuledVm[];
  readonly #hasMatched: readonly boolean[];
  /** By thread index: numbers of its first and last row. */
  readonly #firstRow: number[] = [];
  readonly #lastRow: number[] = [];
  /** Thread indexes with a kvm_entry, in the order of their first. */
  readonly #guests = new Set<number>();
  #rows = 0;
  #isTold = false;

  /** @throws ScheduleConfigError naming every rule that cannot be used. */
  constructor(rules: readonly ThreadRule[], vms: readonly RuledVm[]) {
    const hasMatched = rules.map(() => false);
    this.#rules = rules;
    this.#vms = vms;
    this.#hasMatched = hasMatched;
    this.ownerOf = ownerOfRules(rules, (rule) => {
      hasMatched[rule] = true;
    });
  }

  /**
   * Watches the rows of the recording on their way, and reports when they end: after the last one, or before the batch
   * is handed on that goes beyond `untilNs`, as the run reads no further.
   */
  watch(registry: Registry, untilNs: number): MonoTypeOperatorFunction<ScheduleBatch> {
    return tap({
      next: (batch) => {
        for (let at = 0; at < batch.count && batch.timeNs[at]! <= untilNs; at++) this.#see(batch, at);
        if (batch.count > 0 && batch.timeNs[batch.count - 1]! > untilNs) this.#tell(registry);
      },
      complete: () => this.#tell(registry),
    });
  }

  #see(batch: ScheduleBatch, at: number): void {
    const kind = batch.kind[at]!;
    const thread = batch.thread[at]!;
    this.#rows++;
    this.#seeThread(thread);
    if (kind === ScheduleKind.switch) this.#seeThread(batch.peer[at]!);
    if (kind === ScheduleKind.guestEntry) this.#guests.add(thread);
  }

  #seeThread(thread: number): void {
    if (thread < 0) return;
    this.#firstRow[thread] ??= this.#rows;
    this.#lastRow[thread] = this.#rows;
  }

  #tell(registry: Registry): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#tellIdleRules(registry);
    const seen = registry.threads.filter(({ index }) => this.#firstRow[index] !== undefined);
    this.#tellVcpus(
      seen.filter(({ vm, vcpu }) => vm >= 0 && vcpu >= 0),
      registry,
    );
    this.#tellUnmatchedGuests(registry);
  }

  #tellIdleRules(registry: Registry): void {
    for (const [at, rule] of this.#rules.entries()) {
      if (this.#hasMatched[at]) continue;
      const shadow = at === 0 ? '' : ' (or only threads that an earlier rule gave away)';
      registry.report(0, 'rule-matched-nothing', `schedule.rules.${at} ${ruleText(rule)} matched no thread${shadow}`);
    }
  }

  /** In the order of VMs and vCPUs. */
  #tellVcpus(claimants: readonly Thread[], registry: Registry): void {
    const byVcpu = Map.groupBy(
      claimants.toSorted((a, b) => a.vm - b.vm || a.vcpu - b.vcpu),
      ({ vm, vcpu }) => `${vcpu} of VM "${this.#vms[vm]!.name}"`,
    );
    for (const [vcpu, threads] of byVcpu) {
      const { vcpus } = this.#vms[threads[0]!.vm]!;
      if (threads[0]!.vcpu >= vcpus) {
        const allowed = `the VM has vCPUs 0 to ${vcpus - 1}`;
        registry.report(0, 'vcpu-out-of-range', `${threadsText(threads)} would be vCPU ${vcpu}; ${allowed}`);
      }
      const rivals = this.#aliveTogether(threads);
      if (rivals.length > 0) registry.report(0, 'duplicate-vcpu', `${threadsText(rivals)} are all vCPU ${vcpu}`);
    }
  }

  /** The threads that have rows between the first and the last row of another one, in the order of their first rows. */
  #aliveTogether(threads: readonly Thread[]): Thread[] {
    const rivals = new Set<Thread>();
    let latest: Thread | undefined;
    for (const thread of threads.toSorted((a, b) => this.#firstRow[a.index]! - this.#firstRow[b.index]!)) {
      const lastRow = latest === undefined ? 0 : this.#lastRow[latest.index]!;
      if (latest !== undefined && this.#firstRow[thread.index]! <= lastRow && !isSameTask(latest, thread)) {
        rivals.add(latest).add(thread);
      }
      if (this.#lastRow[thread.index]! > lastRow) latest = thread;
    }
    return [...rivals];
  }

  #tellUnmatchedGuests(registry: Registry): void {
    const unmatched = [...this.#guests].map((index) => registry.threads[index]!).filter(({ vm }) => vm < 0);
    if (unmatched.length === 0) return;
    const verb = unmatched.length === 1 ? 'enters a guest and belongs' : 'enter guests and belong';
    registry.report(0, 'unmatched-guest', `${threadsText(unmatched)} ${verb} to no VM`);
  }
}

/** As the scenario writes it. */
function ruleText({ match, vcpu }: ThreadRule): string {
  const words = Object.entries({ ...match, vcpu }).filter(([, value]) => value !== undefined);
  return `{ ${words.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ')} }`;
}

/** `thread 7 (CPU 0/KVM)`, or `3 threads: 7 (CPU 0/KVM), ...`. */
function threadsText(threads: readonly Thread[]): string {
  const names = threads.slice(0, THREADS_SHOWN_MAX).map(({ tid, comm }) => `${tid} (${comm})`);
  if (threads.length > names.length) names.push('...');
  return threads.length === 1 ? `thread ${names[0]}` : `${threads.length} threads: ${names.join(', ')}`;
}
