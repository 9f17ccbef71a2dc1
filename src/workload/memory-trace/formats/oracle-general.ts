/**
 * libCacheSim's oracleGeneral: 24 bytes, little-endian: u32 time, u64 object id, u32 size, i64 position of the next request
 * of the object (-1 or the largest value: none).
 *
 * Objects have numbers, not addresses, and any size. Here one object is one line: it lies at id * 64, so ids that follow
 * one another are neighbouring 64-byte lines (a longer line holds several objects). All requests are reads. Time, size and
 * next request are not used.
 */
import type { RecordFormat } from '../record-decoder.ts';
import { type TraceColumns, TraceKind } from '../trace-batch.ts';
import type { TraceIssueLog } from '../trace-issues.ts';

const RECORD_BYTES = 24;
const AT_ID_LOW = 4;
const AT_ID_HIGH = 8;
const AT_SIZE = 12;
const AT_NEXT_LOW = 16;
const AT_NEXT_HIGH = 20;
/** Of the 64 bytes that one object gets. */
const OBJECT_SHIFT = 6;
/** Upper word of a position that no file reaches: 2^53. */
const NEXT_HIGH_MAX = 2 ** 21;

export class OracleGeneralFormat implements RecordFormat {
  readonly recordBytes = RECORD_BYTES;
  readonly accessesMax = 1;
  readonly #issues: TraceIssueLog;
  #hasCutId = false;

  constructor(issues: TraceIssueLog) {
    this.#issues = issues;
  }

  readRecord(view: DataView, at: number, record: number, into: TraceColumns): void {
    const low = view.getUint32(at + AT_ID_LOW, true);
    const high = view.getUint32(at + AT_ID_HIGH, true);
    if (high >>> (32 - OBJECT_SHIFT) !== 0 && !this.#hasCutId) {
      this.#hasCutId = true;
      this.#issues.report('object-id-cut', record, `id ${high * 2 ** 32 + low}`);
    }
    const addressHigh = (high << OBJECT_SHIFT) | (low >>> (32 - OBJECT_SHIFT));
    into.add(low << OBJECT_SHIFT, addressHigh, 0, TraceKind.read, 0);
  }
}

/** Whether a file that begins with `head` is such a trace: times do not decrease, sizes and next requests make sense. */
export function looksLikeOracleGeneral(head: DataView): boolean {
  if (head.byteLength < RECORD_BYTES) return false;
  let time = 0;
  for (let at = 0; at + RECORD_BYTES <= head.byteLength; at += RECORD_BYTES) {
    const nextHigh = head.getInt32(at + AT_NEXT_HIGH, true);
    const hasNext = nextHigh >= 0 && nextHigh < NEXT_HIGH_MAX;
    const isLast =
      head.getUint32(at + AT_NEXT_LOW, true) === 0xffffffff && (nextHigh === -1 || nextHigh === 0x7fffffff);
    if (head.getUint32(at, true) < time || head.getUint32(at + AT_SIZE, true) === 0 || !(hasNext || isLast))
      return false;
    time = head.getUint32(at, true);
  }
  return true;
}
