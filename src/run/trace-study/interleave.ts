/** The order in which the accesses of several recorded traces are made. Streamed: one batch of each trace is held at a time. */
import type { TraceBatch } from '../../workload/memory-trace/trace-batch.ts';
import type { Interleaving } from './trace-study-options.ts';

/** Makes the accesses `from` to `to` - 1 of a tenant's batch. */
export type TakeAccesses = (tenant: number, batch: TraceBatch, from: number, to: number) => void;

/** What is left of one tenant's trace. */
interface Cursor {
  readonly tenant: number;
  readonly batches: AsyncIterator<TraceBatch>;
  batch: TraceBatch;
  /** Next access in the batch. */
  at: number;
  /** Instructions up to and with that access, since the trace's start. */
  position: number;
}

/**
 * Hand out the accesses of all traces in the given order, in runs of one tenant that are as long as the order allows.
 * @param traces by tenant; batches are not empty, and one is used only until the next is asked for.
 */
export async function interleave(
  traces: readonly AsyncIterable<TraceBatch>[],
  order: Interleaving,
  take: TakeAccesses,
): Promise<void> {
  if (order === 'sequential') {
    for (const [tenant, trace] of traces.entries()) {
      for await (const batch of trace) take(tenant, batch, 0, batch.count);
    }
    return;
  }
  const step = order === 'round-robin' ? takeRounds : takeByPosition;
  const batches = traces.map((trace) => trace[Symbol.asyncIterator]());
  try {
    let active = await openedCursors(batches);
    while (active.length > 0) {
      step(active, take);
      active = await refilled(active);
    }
  } finally {
    for (const iterator of batches) await iterator.return?.();
  }
}

async function openedCursors(traces: readonly AsyncIterator<TraceBatch>[]): Promise<Cursor[]> {
  const cursors: Cursor[] = [];
  for (const [tenant, batches] of traces.entries()) {
    const { done, value: batch } = await batches.next();
    if (!done) cursors.push({ tenant, batches, batch, at: 0, position: batch.instructions[0] });
  }
  return cursors;
}

/** The cursors that have accesses left, in the order of the tenants. */
async function refilled(cursors: readonly Cursor[]): Promise<Cursor[]> {
  const active: Cursor[] = [];
  for (const cursor of cursors) {
    if (cursor.at === cursor.batch.count) {
      const { done, value: next } = await cursor.batches.next();
      if (done) continue;
      cursor.batch = next;
      cursor.at = 0;
      cursor.position += next.instructions[0];
    }
    active.push(cursor);
  }
  return active;
}

/** One access each in turn, until a batch is used up; then the round is finished, so that the next one begins in front. */
function takeRounds(active: readonly Cursor[], take: TakeAccesses): void {
  const rounds = active.reduce((least, { batch, at }) => Math.min(least, batch.count - at), Number.POSITIVE_INFINITY);
  if (active.length === 1) {
    takeRun(active[0], rounds, take);
    return;
  }
  for (let round = 0; round < rounds; round++) {
    for (const cursor of active) {
      take(cursor.tenant, cursor.batch, cursor.at, cursor.at + 1);
      cursor.at++;
    }
  }
}

function takeRun(cursor: Cursor, length: number, take: TakeAccesses): void {
  take(cursor.tenant, cursor.batch, cursor.at, cursor.at + length);
  cursor.at += length;
}

/** The lowest position first, until a batch is used up. */
function takeByPosition(active: readonly Cursor[], take: TakeAccesses): void {
  for (let next = firstOf(active); next.at < next.batch.count; next = firstOf(active)) {
    const limit = limitOf(active, next);
    const { batch, at } = next;
    let end = at;
    let position = next.position;
    do {
      end++;
      if (end < batch.count) position += batch.instructions[end];
    } while (end < batch.count && position <= limit);
    next.position = position;
    takeRun(next, end - at, take);
  }
}

/** The cursor of the lowest position; the first of several. */
function firstOf(active: readonly Cursor[]): Cursor {
  return active.reduce((first, cursor) => (cursor.position < first.position ? cursor : first));
}

/** Last position at which `chosen` still goes before all others. */
function limitOf(active: readonly Cursor[], chosen: Cursor): number {
  return active.reduce((limit, cursor) => {
    if (cursor === chosen) return limit;
    return Math.min(limit, cursor.tenant < chosen.tenant ? cursor.position - 1 : cursor.position);
  }, Number.POSITIVE_INFINITY);
}
