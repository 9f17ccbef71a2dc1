/**
 * Verify a run (design section 5): compare every stored event with those of a replay, as both stream by, and name the
 * first difference by seq and column.
 */
import { lastValueFrom, type Observable, takeWhile } from 'rxjs';
import { ROW_WORDS } from '../loop/event-row.ts';
import type { EventBatch } from '../run/event-batch.ts';
import type { StoredRows } from './event-reader.ts';
import { type DescribedEvent, describeRow } from './event-tables.ts';
import type { RunReader } from './run-reader.ts';
import { describeSideLine, sideLine } from './side-tables.ts';

/** A column's value, or `nothing` where one of the two has no such event. */
type ComparedValue = string | number | null;

export type ReplayResult =
  | {
      readonly kind: 'equal';
      readonly events: number;
      /** Names of threads, texts, import issues and samples that were compared beside the events. */
      readonly sideRows: number;
    }
  | {
      readonly kind: 'diverged';
      readonly seq: number;
      /** Time of the stored event, or of the replayed one if none is stored. */
      readonly timeNs: number;
      /** Event table of the stored event, or of the replayed one if none is stored. */
      readonly table: string;
      /** Column that differs first; `table` if the events are of different kinds, `event` if one is not there. */
      readonly field: string;
      readonly stored: ComparedValue;
      readonly replayed: ComparedValue;
      /** Events before it, all equal. */
      readonly events: number;
    }
  /** All events are equal; a thread, text, import issue or sample is not. */
  | {
      readonly kind: 'side-diverged';
      /** Number of the side row, from 1. */
      readonly side: number;
      /** Table of the stored row, or of the replayed one if none is stored. */
      readonly table: string;
      /** Column that differs first; `table` if the rows are of different kinds, `row` if one is not there. */
      readonly field: string;
      /** The rows as lines. */
      readonly stored: string | null;
      readonly replayed: string | null;
      readonly events: number;
    };

/**
 * Compare a stored run with a replay of it. The replay is left as soon as the answer is known. Of a run that was
 * interrupted only the stored prefix is compared.
 * @throws whatever the replay throws; StoreError if the stored run cannot be read.
 */
export async function compareWithReplay(reader: RunReader, replay$: Observable<EventBatch>): Promise<ReplayResult> {
  const comparison = new Comparison(reader);
  try {
    const undecided$ = replay$.pipe(takeWhile((batch) => !comparison.accept(batch)));
    await lastValueFrom(undecided$, { defaultValue: undefined });
    return comparison.result();
  } finally {
    comparison.close();
  }
}

/** Walks along the stored events while batches of the replay come in. */
class Comparison {
  readonly #isPrefix: boolean;
  readonly #lastSeq: number;
  readonly #stored: IterableIterator<StoredRows>;
  readonly #storedSide: IterableIterator<string>;
  #piece: StoredRows | undefined;
  #compared = 0;
  #side = 0;
  #sideDifference: Omit<Extract<ReplayResult, { kind: 'side-diverged' }>, 'events'> | undefined;
  #difference: ReplayResult | undefined;

  constructor(reader: RunReader) {
    this.#isPrefix = reader.status !== 'completed';
    this.#lastSeq = reader.lastSeq;
    this.#stored = reader.events();
    this.#storedSide = reader.sideLines();
  }

  /** Compare one batch; true if the answer is known. */
  accept(batch: EventBatch): boolean {
    for (const row of batch.side) this.#acceptSide(sideLine(row));
    for (let at = 0; at < batch.count && this.#difference === undefined; ) {
      if (this.#compared === this.#lastSeq) {
        if (this.#isPrefix) return true;
        this.#difference = this.#extraEvent(batch, at);
        break;
      }
      at += this.#compareWithPiece(batch, at);
    }
    return this.#difference !== undefined;
  }

  result(): ReplayResult {
    if (this.#difference !== undefined) return this.#difference;
    if (this.#compared < this.#lastSeq) return this.#missingEvent();
    if (!this.#isPrefix) this.#acceptSide(null);
    const events = this.#compared;
    return this.#sideDifference === undefined
      ? { kind: 'equal', events, sideRows: this.#side }
      : { ...this.#sideDifference, events };
  }

  /** Let go of the file: an open query would keep it busy. */
  close(): void {
    this.#storedSide.return?.();
  }

  /** Compare as far as the stored piece at hand goes; returns the number of rows that were equal. */
  #compareWithPiece(batch: EventBatch, at: number): number {
    const piece = this.#pieceAt(this.#compared + 1);
    const from = this.#compared + 1 - piece.firstSeq;
    const count = Math.min(batch.count - at, piece.count - from);
    const stored = from * ROW_WORDS;
    const replayed = at * ROW_WORDS;
    const words = count * ROW_WORDS;
    let equal = piece.timeHigh === batch.timeHigh ? 0 : -1;
    while (equal >= 0 && equal < words && piece.rows[stored + equal] === batch.rows[replayed + equal]) equal++;
    if (equal === words) {
      this.#compared += count;
      return count;
    }
    const rowsEqual = Math.max(0, Math.floor(equal / ROW_WORDS));
    this.#compared += rowsEqual;
    const seq = this.#compared + 1;
    this.#difference = this.#differenceOf(
      describeRow(piece.rows, from + rowsEqual, seq, piece.timeHigh),
      describeRow(batch.rows, at + rowsEqual, seq, batch.timeHigh),
    );
    return rowsEqual;
  }

  #pieceAt(seq: number): StoredRows {
    if (this.#piece !== undefined && seq < this.#piece.firstSeq + this.#piece.count) return this.#piece;
    const next = this.#stored.next();
    if (next.done === true) throw new Error(`no stored event ${seq}, though the run ends with ${this.#lastSeq}`);
    this.#piece = next.value;
    return next.value;
  }

  #differenceOf(stored: DescribedEvent, replayed: DescribedEvent): ReplayResult {
    const common = this.#at(stored);
    if (stored.table !== replayed.table) {
      return { ...common, field: 'table', stored: stored.table, replayed: replayed.table };
    }
    const field = Object.keys(stored.columns).find((column) => stored.columns[column] !== replayed.columns[column]);
    if (field === undefined) throw new Error(`event ${this.#compared + 1} differs in no column`);
    return { ...common, field, stored: stored.columns[field]!, replayed: replayed.columns[field]! };
  }

  #extraEvent(batch: EventBatch, at: number): ReplayResult {
    const event = describeRow(batch.rows, at, this.#compared + 1, batch.timeHigh);
    return { ...this.#at(event), field: 'event', stored: null, replayed: event.table };
  }

  #missingEvent(): ReplayResult {
    const seq = this.#compared + 1;
    const piece = this.#pieceAt(seq);
    const event = describeRow(piece.rows, seq - piece.firstSeq, seq, piece.timeHigh);
    return { ...this.#at(event), field: 'event', stored: event.table, replayed: null };
  }

  #at(event: DescribedEvent) {
    const seq = this.#compared + 1;
    return { kind: 'diverged', seq, timeNs: event.columns.time_ns!, table: event.table, events: seq - 1 } as const;
  }

  /** Compare one line of the replay with the next stored one; null at the replay's end. */
  #acceptSide(replayed: string | null): void {
    if (this.#sideDifference !== undefined) return;
    const next = this.#storedSide.next();
    const stored = next.done === true ? null : next.value;
    // A prefix may hold fewer names than the replay has met by now.
    if (stored === replayed || (stored === null && this.#isPrefix)) {
      if (stored !== null) this.#side++;
      return;
    }
    this.#sideDifference = {
      kind: 'side-diverged',
      side: this.#side + 1,
      ...placeOf(stored, replayed),
      stored,
      replayed,
    };
  }
}

/** Where two lines differ. */
function placeOf(stored: string | null, replayed: string | null): { readonly table: string; readonly field: string } {
  if (stored === null || replayed === null) {
    return { table: describeSideLine(stored ?? replayed ?? '').table, field: 'row' };
  }
  const [own, other] = [describeSideLine(stored), describeSideLine(replayed)];
  if (own.table !== other.table) return { table: own.table, field: 'table' };
  const field = [...own.columns.keys()].find((column) => own.columns.get(column) !== other.columns.get(column));
  if (field === undefined) throw new Error(`${stored} and ${replayed} differ in no column`);
  return { table: own.table, field };
}
