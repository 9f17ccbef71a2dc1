/** Counts what a recorded trace holds, while it is read. */
import { type TraceBatch, TraceKind } from '../../workload/memory-trace/trace-batch.ts';
import type { TraceIssue, TraceIssueName } from '../../workload/memory-trace/trace-issues.ts';
import type { IssueResult, RecordedAccesses } from './trace-study-result.ts';

export class TraceTally {
  /** By TraceKind. */
  readonly #accesses = [0, 0, 0, 0];
  readonly #issues = new Map<TraceIssueName, IssueResult>();
  instructions = 0;

  /** The same batches, counted as they pass. */
  async *counted(batches: AsyncIterable<TraceBatch>): AsyncGenerator<TraceBatch> {
    for await (const batch of batches) {
      this.#count(batch);
      yield batch;
    }
  }

  addIssue({ kind, line, text, count }: TraceIssue): void {
    const known = this.#issues.get(kind);
    const first = known?.first ?? { line, text };
    this.#issues.set(kind, { kind, count: (known?.count ?? 0) + count, first });
  }

  get accesses(): number {
    return this.#accesses.reduce((sum, count) => sum + count, 0);
  }

  recorded(): RecordedAccesses {
    return {
      reads: this.#accesses[TraceKind.read],
      writes: this.#accesses[TraceKind.write],
      fetches: this.#accesses[TraceKind.fetch],
      modifies: this.#accesses[TraceKind.modify],
    };
  }

  /** By kind, in the order of their first appearance. */
  issues(): IssueResult[] {
    return [...this.#issues.values()];
  }

  #count({ count, kind, instructions }: TraceBatch): void {
    for (let at = 0; at < count; at++) {
      this.#accesses[kind[at]]++;
      this.instructions += instructions[at];
    }
  }
}
