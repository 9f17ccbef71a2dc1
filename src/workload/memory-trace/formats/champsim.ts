/**
 * ChampSim instruction records (trace_instruction.h, input_instr): 64 bytes, little-endian: u64 ip, u8 is_branch,
 * u8 branch_taken, u8 destination_registers[2], u8 source_registers[4], u64 destination_memory[2], u64 source_memory[4].
 *
 * An instruction is a fetch, then its reads, then its writes; address 0 means none. A record in which is_branch or
 * branch_taken is neither 0 nor 1 is bad. Sizes are not recorded. Leaves out: the CloudSuite variant for SPARC, whose
 * records have other lengths.
 */
import type { RecordFormat } from '../record-decoder.ts';
import { type TraceColumns, TraceKind } from '../trace-batch.ts';
import type { TraceIssueLog } from '../trace-issues.ts';

const RECORD_BYTES = 64;
const AT_IS_BRANCH = 8;
const AT_TAKEN = 9;
const AT_WRITES = 16;
const AT_READS = 32;
const READS = 4;
const WRITES = 2;

export class ChampSimFormat implements RecordFormat {
  readonly recordBytes = RECORD_BYTES;
  readonly accessesMax = 1 + READS + WRITES;

  readonly #issues: TraceIssueLog;

  constructor(issues: TraceIssueLog) {
    this.#issues = issues;
  }

  readRecord(view: DataView, at: number, record: number, into: TraceColumns): void {
    const isBranch = view.getUint8(at + AT_IS_BRANCH);
    const isTaken = view.getUint8(at + AT_TAKEN);
    if (isBranch > 1 || isTaken > 1) {
      this.#issues.report('bad-trace-record', record, `is_branch ${isBranch}, branch_taken ${isTaken}; each is 0 or 1`);
      return;
    }
    into.add(view.getUint32(at, true), view.getUint32(at + 4, true), 0, TraceKind.fetch, 1);
    addAll(view, at + AT_READS, READS, TraceKind.read, into);
    addAll(view, at + AT_WRITES, WRITES, TraceKind.write, into);
  }
}

function addAll(view: DataView, from: number, count: number, kind: TraceKind, into: TraceColumns): void {
  for (let at = from; at < from + 8 * count; at += 8) {
    const low = view.getUint32(at, true);
    const high = view.getUint32(at + 4, true);
    if (low !== 0 || high !== 0) into.add(low, high, 0, kind, 0);
  }
}

/** Whether a file that begins with `head` is such a trace: its flags are flags, only branches are taken, no ip is 0. */
export function looksLikeChampSim(head: DataView): boolean {
  if (head.byteLength < RECORD_BYTES) return false;
  for (let at = 0; at + RECORD_BYTES <= head.byteLength; at += RECORD_BYTES) {
    const isBranch = head.getUint8(at + AT_IS_BRANCH);
    if (isBranch > 1 || head.getUint8(at + AT_TAKEN) > isBranch) return false;
    if (head.getUint32(at, true) === 0 && head.getUint32(at + 4, true) === 0) return false;
  }
  return true;
}
