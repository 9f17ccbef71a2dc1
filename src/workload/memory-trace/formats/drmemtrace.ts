/**
 * DynamoRIO drmemtrace offline traces: packed little-endian {u16 type, u16 size, u64 address} (trace_entry.h, trace_type_t).
 *
 * Reads, writes and instruction fetches become accesses. An instruction without a fetch (each further round of an x86
 * rep string loop) counts with the next access. Prefetches, cache flushes, markers, thread, process and encoding records
 * make no access and are skipped. Leaves out: 32-bit traces, whose records have 8 bytes.
 */
import type { RecordFormat } from '../record-decoder.ts';
import { type TraceColumns, TraceKind } from '../trace-batch.ts';
import type { TraceIssueLog } from '../trace-issues.ts';

const RECORD_BYTES = 12;
const AT_SIZE = 2;
const AT_ADDRESS_LOW = 4;
const AT_ADDRESS_HIGH = 8;

/** First record of every offline trace. */
const TYPE_HEADER = 25;
/** Its address is the version of the format, 5 or so by now. */
const VERSION_MAX = 255;
const TYPE_MAX = 49;

const READ = 0;
const WRITE = 1;
const FETCH = 2;
const INSTRUCTION = 3;
const SKIPPED = 4;
const UNKNOWN = 5;
const ROLE_OF_TYPE = rolesOfTypes();

function rolesOfTypes(): Uint8Array {
  const roles = new Uint8Array(TYPE_MAX + 1).fill(SKIPPED);
  roles[0] = READ;
  roles[1] = WRITE;
  // Plain instruction, jumps, calls, return; sysenter; conditional jumps taken and not taken.
  for (const type of [10, 11, 12, 13, 14, 15, 16, 31, 48, 49]) roles[type] = FETCH;
  roles[29] = INSTRUCTION;
  // Several fetches in one record, and one that may be none: in pipes only, never in files.
  for (const type of [17, 30]) roles[type] = UNKNOWN;
  return roles;
}

interface Strange {
  readonly firstRecord: number;
  count: number;
}

export class DrMemTraceFormat implements RecordFormat {
  readonly recordBytes = RECORD_BYTES;
  readonly accessesMax = 1;
  readonly #issues: TraceIssueLog;
  readonly #strangeByType = new Map<number, Strange>();
  /** Instructions without a fetch since the last access. */
  #pending = 0;

  constructor(issues: TraceIssueLog) {
    this.#issues = issues;
  }

  readRecord(view: DataView, at: number, record: number, into: TraceColumns): void {
    const type = view.getUint16(at, true);
    const role = type <= TYPE_MAX ? ROLE_OF_TYPE[type] : UNKNOWN;
    if (role > FETCH) {
      if (role === INSTRUCTION) this.#pending++;
      if (role === UNKNOWN) this.#note(type, record);
      return;
    }
    const kind = role === READ ? TraceKind.read : role === WRITE ? TraceKind.write : TraceKind.fetch;
    const instructions = this.#pending + (role === FETCH ? 1 : 0);
    this.#pending = 0;
    const low = view.getUint32(at + AT_ADDRESS_LOW, true);
    const high = view.getUint32(at + AT_ADDRESS_HIGH, true);
    into.add(low, high, view.getUint16(at + AT_SIZE, true), kind, instructions);
  }

  finish(): void {
    for (const [type, { firstRecord, count }] of this.#strangeByType) {
      this.#issues.report('unknown-record-type', firstRecord, `type ${type}, ${count} records`, count);
    }
    this.#strangeByType.clear();
  }

  #note(type: number, record: number): void {
    const known = this.#strangeByType.get(type);
    if (known === undefined) this.#strangeByType.set(type, { firstRecord: record, count: 1 });
    else known.count++;
  }
}

/** Whether a file that begins with `head` is such a trace: a header record first, and known types only. */
export function looksLikeDrMemTrace(head: DataView): boolean {
  if (head.byteLength < RECORD_BYTES || head.getUint16(0, true) !== TYPE_HEADER) return false;
  if (head.getUint32(AT_ADDRESS_LOW, true) > VERSION_MAX || head.getUint32(AT_ADDRESS_HIGH, true) !== 0) return false;
  for (let at = 0; at + RECORD_BYTES <= head.byteLength; at += RECORD_BYTES) {
    if (head.getUint16(at, true) > TYPE_MAX) return false;
  }
  return true;
}
