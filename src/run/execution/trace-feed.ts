/**
 * A recorded memory trace as what a vCPU executes: decoded accesses become ready accesses in its stream's queue.
 *
 * Virtual pages get physical frames at first touch, from the same counter as the generated streams, so that nobody's lines
 * collide. An access that crosses lines is one access for each line; a modify is a load and a store. A short trace that is
 * repeated is decoded once and kept.
 */
import {
  ACCESS_BYTES,
  ACCESS_INSTRUCTIONS,
  ACCESS_KIND,
  ACCESS_LINE,
  KIND_FETCH,
  KIND_READ,
  KIND_WRITE,
  MACHINE_FRAME_FACTOR,
  MACHINE_FRAME_OFFSET,
  MACHINE_FRAMES,
  MACHINE_NEXT_FRAME,
  STREAM_ENDED,
  STREAM_HEAD,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_TAIL,
} from '../../loop/assembly/layout.ts';
import type { Block } from '../../loop/block.ts';
import { SyncTraceReader } from '../../workload/memory-trace/sync-trace-reader.ts';
import { type TraceBatch, TraceKind } from '../../workload/memory-trace/trace-batch.ts';
import { TRACE_FORMATS } from '../../workload/memory-trace/trace-formats.ts';
import { type TraceIssue, TraceIssueLog } from '../../workload/memory-trace/trace-issues.ts';
import { NO_FRAME, PageTable } from '../../workload/placement/page-table.ts';
import { PlacementError } from '../../workload/placement/placement-error.ts';
import type { WorkloadSpec } from '../../workload/workload.ts';

/** Instructions of one access that a queue entry can count (in 1/256, 32 bits). */
const INSTRUCTIONS_MAX = 2 ** 24 - 1;

type RecordedSpec = Extract<WorkloadSpec, { kind: 'recorded' }>;

export interface FeedPlace {
  readonly block: Block;
  /** Address of the stream record, and of the machine record that frames come from. */
  readonly stream: number;
  readonly machine: number;
  readonly lineBytes: number;
  readonly pageBytes: number;
}

/** Rows of a repeated trace that are kept in memory; a longer one is decoded anew each time. */
const KEPT_ROWS_MAX = 2 ** 20;

export class TraceFeed {
  readonly #spec: RecordedSpec;
  readonly #place: FeedPlace;
  readonly #words: Uint32Array;
  readonly #lineShift: number;
  /** log2 of the lines of a page. */
  readonly #pageShift: number;
  readonly #pages = new PageTable();
  readonly #onIssue: (issue: TraceIssue) => void;
  /** For what is found here, not by the reader: as bounded in number as what the reader tells. */
  readonly #issueLog: TraceIssueLog;
  #reader: SyncTraceReader | undefined;
  /** Whether the format tells instructions. */
  #countsInstructions = false;
  /** Batches of the first pass, until there are too many. */
  readonly #kept: TraceBatch[] = [];
  #keptRows = 0;
  #nextKept = 0;
  #isFirstPass = true;
  #batch: TraceBatch | undefined;
  #row = 0;
  /** Lines of the present row that are still to be made, and the next one's offset. */
  #lineOfRow = 0;

  constructor(spec: RecordedSpec, place: FeedPlace, onIssue: (issue: TraceIssue) => void) {
    this.#spec = spec;
    this.#place = place;
    this.#words = new Uint32Array(place.block.memory.buffer);
    this.#lineShift = Math.log2(place.lineBytes);
    this.#pageShift = Math.log2(place.pageBytes / place.lineBytes);
    this.#onIssue = onIssue;
    this.#issueLog = new TraceIssueLog(onIssue);
  }

  /**
   * Fill the stream's queue, or say that nothing will come any more. Blocks while the trace is decoded.
   * @throws MemoryTraceError if the file cannot be used, PlacementError if it touches more memory than there is.
   */
  refill(): void {
    const room = this.#get(STREAM_QUEUE_MASK) + 1 - 2;
    while ((this.#get(STREAM_TAIL) - this.#get(STREAM_HEAD)) >>> 0 < room) {
      const batch = this.#present();
      if (batch === undefined) {
        this.#put(STREAM_ENDED, 1);
        return;
      }
      this.#addLine(batch);
    }
  }

  /** Stop decoding. */
  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  /** The batch with the next row; undefined at the end of what is to be executed: of the trace, if it has no accesses. */
  #present(): TraceBatch | undefined {
    if (this.#batch !== undefined && this.#row < this.#batch.count) return this.#batch;
    this.#row = 0;
    this.#batch = this.#nextOfPass();
    if (this.#batch !== undefined || !this.#spec.repeats) return this.#batch;
    this.#nextKept = 0;
    this.#isFirstPass = false;
    this.#batch = this.#nextOfPass();
    return this.#batch;
  }

  /** The next batch of the trace; undefined at its end. */
  #nextOfPass(): TraceBatch | undefined {
    const isKept = !this.#isFirstPass && this.#keptRows <= KEPT_ROWS_MAX;
    return isKept ? this.#kept[this.#nextKept++] : this.#decode();
  }

  /** What is wrong with the trace is told once, however often it is repeated. */
  #decode(): TraceBatch | undefined {
    this.#reader ??= new SyncTraceReader(this.#spec.path, this.#spec.format);
    const batch = this.#reader.next();
    const issues = this.#reader.takeIssues();
    if (this.#isFirstPass) issues.forEach(this.#onIssue);
    if (batch === undefined) {
      if (this.#isFirstPass) this.#issueLog.finish();
      this.close();
      return undefined;
    }
    const { format } = this.#reader;
    this.#countsInstructions = TRACE_FORMATS.find(({ name }) => name === format)!.instructions !== 'none';
    if (this.#isFirstPass && this.#spec.repeats) this.#keep(batch);
    return batch;
  }

  #keep(batch: TraceBatch): void {
    this.#keptRows += batch.count;
    if (this.#keptRows <= KEPT_ROWS_MAX) this.#kept.push(batch);
    else this.#kept.length = 0;
  }

  /** One line of the present row; goes on to the next row after its last. */
  #addLine(batch: TraceBatch): void {
    const row = this.#row;
    const low = batch.addressLow[row]!;
    const high = batch.addressHigh[row]!;
    const offset = low & (this.#place.lineBytes - 1);
    const lines = Math.max(1, Math.ceil((offset + batch.size[row]!) / this.#place.lineBytes));
    const line = this.#physicalLine(low, high, this.#lineOfRow);
    const kind = batch.kind[row]!;
    const instructions = this.#lineOfRow === 0 ? this.#instructionsOf(batch, row) : 0;
    this.#push(line, kind === TraceKind.modify ? KIND_READ : ACCESS_KIND_OF[kind]!, instructions);
    if (kind === TraceKind.modify) this.#push(line, KIND_WRITE, 0);
    if (++this.#lineOfRow < lines) return;
    this.#lineOfRow = 0;
    this.#row++;
  }

  #instructionsOf(batch: TraceBatch, row: number): number {
    if (!this.#countsInstructions) return this.#spec.instructionsPerAccess;
    const counted = batch.instructions[row]!;
    if (counted > INSTRUCTIONS_MAX && this.#isFirstPass) {
      const text = `${counted} instructions before one access; ${INSTRUCTIONS_MAX} are executed`;
      this.#issueLog.report('instruction-gap-cut', 0, text);
    }
    return Math.min(counted, INSTRUCTIONS_MAX) * 256;
  }

  #physicalLine(low: number, high: number, lineOfRow: number): number {
    const shift = this.#lineShift;
    const first = ((low >>> shift) | (high << (32 - shift))) >>> 0;
    const lineLow = (first + lineOfRow) >>> 0;
    const lineHigh = (high >>> shift) + (lineLow < first ? 1 : 0);
    const pageLow = ((lineLow >>> this.#pageShift) | (lineHigh << (32 - this.#pageShift))) >>> 0;
    const pageHigh = lineHigh >>> this.#pageShift;
    let frame = this.#pages.frameOf(pageLow, pageHigh);
    if (frame === NO_FRAME) {
      frame = this.#nextFrame();
      this.#pages.map(pageLow, pageHigh, frame);
    }
    return frame * 2 ** this.#pageShift + (lineLow & (2 ** this.#pageShift - 1));
  }

  #nextFrame(): number {
    const machine = this.#place.machine >>> 2;
    const word = (offset: number): number => this.#words[machine + (offset >> 2)]!;
    const frames = word(MACHINE_FRAMES);
    const touched = this.#words[machine + (MACHINE_NEXT_FRAME >> 2)]!;
    if (touched >= frames) {
      const mib = Math.floor((frames * this.#place.pageBytes) / 2 ** 20);
      throw new PlacementError(
        `${this.#spec.file} touches more memory than the machine has: ${mib} MiB (hint: raise memory.recorded of the topology)`,
      );
    }
    this.#words[machine + (MACHINE_NEXT_FRAME >> 2)] = touched + 1;
    const factor = BigInt(word(MACHINE_FRAME_FACTOR));
    return Number((BigInt(touched) * factor + BigInt(word(MACHINE_FRAME_OFFSET))) % BigInt(frames));
  }

  #push(line: number, kind: number, instructions: number): void {
    const tail = this.#get(STREAM_TAIL);
    const at = (this.#get(STREAM_QUEUE) + (tail & this.#get(STREAM_QUEUE_MASK)) * ACCESS_BYTES) >>> 2;
    this.#words[at + (ACCESS_LINE >> 2)] = line;
    this.#words[at + (ACCESS_KIND >> 2)] = kind;
    this.#words[at + (ACCESS_INSTRUCTIONS >> 2)] = instructions;
    this.#put(STREAM_TAIL, (tail + 1) >>> 0);
  }

  #get(offset: number): number {
    return this.#words[(this.#place.stream + offset) >>> 2]!;
  }

  #put(offset: number, value: number): void {
    this.#words[(this.#place.stream + offset) >>> 2] = value;
  }
}

const ACCESS_KIND_OF: Readonly<Record<number, number>> = {
  [TraceKind.read]: KIND_READ,
  [TraceKind.write]: KIND_WRITE,
  [TraceKind.fetch]: KIND_FETCH,
};
