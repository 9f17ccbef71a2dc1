/** What the engine publishes: a run of event rows, and the names they use. */
import { joinTime, ROW_WORDS, WORD_TIME_LOW } from '../loop/event-row.ts';
import type { SideRow } from '../schedule/registry.ts';
import type { BusCommandRow } from './driven/bus-command-row.ts';
import type { SampleRow } from './samples.ts';

/**
 * A batch of events in seq order. `rows` is a view on the machine's block: a consumer that keeps it must copy it.
 * Row layout: loop/event-row.ts.
 */
export interface EventBatch {
  /** seq of the first row; the others follow without gaps. */
  readonly firstSeq: number;
  readonly count: number;
  /** Upper 32 bits of the time of every row. */
  readonly timeHigh: number;
  /** At least count * ROW_WORDS words. */
  readonly rows: Int32Array;
  /** Threads, texts, import issues, samples and bus commands that came up to this batch. To be stored before the rows. */
  readonly side: readonly (SideRow | SampleRow | BusCommandRow)[];
}

/** Virtual time in ns of the last event of a batch that has any. */
export function lastTimeNs({ count, timeHigh, rows }: EventBatch): number {
  return joinTime(timeHigh, rows[(count - 1) * ROW_WORDS + WORD_TIME_LOW]);
}
