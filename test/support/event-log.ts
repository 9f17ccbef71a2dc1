/** Event batches as readable objects, for tests: decoded once, kept whole. */
import { formatHex64, NAMES, REGISTERS } from '../../src/arch/registers.ts';
import {
  EventKind,
  joinTime,
  metaCode,
  metaEl,
  metaKind,
  metaUnit,
  metaWorld,
  ROW_WORDS,
} from '../../src/loop/event-row.ts';
import type { EventBatch } from '../../src/run/event-batch.ts';
import { type RunOptions, runEvents } from '../../src/run/run-events.ts';
import type { RunPlan } from '../../src/run/run-plan.ts';

export interface LoggedEvent {
  readonly seq: number;
  readonly timeNs: number;
  readonly kind: number;
  readonly code: number;
  readonly pe: number;
  readonly el: number;
  readonly world: number;
  readonly causeSeq: number;
  /** Words 3 to 7. */
  readonly words: readonly number[];
}

/** The rows of a batch, decoded. */
export function decodeBatch(batch: EventBatch): LoggedEvent[] {
  return Array.from({ length: batch.count }, (_, index) => {
    const at = index * ROW_WORDS;
    const meta = batch.rows[at + 1]!;
    const seq = batch.firstSeq + index;
    const distance = batch.rows[at + 2]!;
    return {
      seq,
      timeNs: joinTime(batch.timeHigh, batch.rows[at]!),
      kind: metaKind(meta),
      code: metaCode(meta),
      pe: metaUnit(meta),
      el: metaEl(meta),
      world: metaWorld(meta),
      causeSeq: distance === 0 ? 0 : seq - distance,
      words: [...batch.rows.subarray(at + 3, at + 8)],
    };
  });
}

/**
 * Execute a plan whose schedule is synchronous. What `onBatch` throws comes out here: inside a subscriber RxJS would
 * report it later, and elsewhere.
 */
export function runSync(plan: RunPlan, options: RunOptions, onBatch: (batch: EventBatch) => void): void {
  let failure: { readonly error: unknown } | undefined;
  runEvents(plan, options).subscribe({
    next: (batch) => {
      if (failure !== undefined) return;
      try {
        onBatch(batch);
      } catch (error) {
        failure = { error };
      }
    },
    error: (error: unknown) => {
      failure = { error };
    },
  });
  if (failure !== undefined) throw failure.error;
}

/** All events of a plan whose schedule is synchronous. */
export function eventsOf(plan: RunPlan, options: RunOptions = {}): LoggedEvent[] {
  const events: LoggedEvent[] = [];
  runSync(plan, options, (batch) => {
    events.push(...decodeBatch(batch));
  });
  return events;
}

/** `MPAM1_EL1=0x8000...` for each register change, in order. */
export function registerChanges(events: readonly LoggedEvent[]): string[] {
  return events
    .filter((event) => event.kind === EventKind.registerChange)
    .map((event) => `${REGISTERS[event.code]!.name}=${formatHex64(event.words[3]!, event.words[4]!)}`);
}

/** `NAME write|read outcome answer` for each trapped access. */
export function registerTraps(events: readonly LoggedEvent[]): string[] {
  return events
    .filter((event) => event.kind === EventKind.registerTrap)
    .map(({ code, words }) => `${NAMES[code]!.name} ${words[0] === 1 ? 'write' : 'read'} ${words[1]} ${words[2]}`);
}
