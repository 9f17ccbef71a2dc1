/**
 * A recorded memory trace as a stream of TraceBatches, whatever its format and compression.
 *
 * Reading is pulled: the next batch is made when the consumer has returned from the last one, so memory stays bounded
 * whatever the file's size. What comes out depends on the file alone, not on how it is cut on its way.
 */
import { createDecoder } from './decoders.ts';
import { MemoryTraceError } from './memory-trace-error.ts';
import { HEAD_BYTES, possibleFormats } from './recognise-format.ts';
import type { InflateDamage } from './storage/stream-inflater.ts';
import { traceBytes } from './storage/trace-bytes.ts';
import { type TraceBatch, TraceColumns } from './trace-batch.ts';
import type { TraceDecoder } from './trace-decoder.ts';
import { isTraceFormatName, TRACE_FORMATS, type TraceFormatName } from './trace-formats.ts';
import { TRACE_ISSUE_KINDS, type TraceIssue, TraceIssueLog } from './trace-issues.ts';

/** Accesses of a batch. */
const BATCH_ACCESSES = 4096;
/** More than any record makes, so that every record fits a batch. */
const BATCH_ACCESSES_MIN = 16;
const KNOWN_FORMATS = `Known formats are: ${TRACE_FORMATS.map(({ name }) => name).join(', ')}.`;

export interface MemoryTraceOptions {
  /** The name of a format, or `auto` to recognise it. */
  readonly format: string;
  /** Told of what could not be used, as it is met; of damage and of sums at the end. */
  readonly onIssue: (issue: TraceIssue) => void;
  /** Accesses of a batch at most, 16 or more. Where batches end has no other meaning. */
  readonly batchSize?: number;
}

export interface MemoryTrace {
  readonly format: TraceFormatName;
  /**
   * The accesses, in order; no batch is empty. All batches are one object, refilled: use it before asking for the next.
   * Each iteration opens the file anew and closes it. Rejects with a MemoryTraceError if the file can no longer be read.
   */
  readonly batches: AsyncIterable<TraceBatch>;
}

/**
 * Opens, decompresses and recognises the trace at `path`. Rejects with a MemoryTraceError if it cannot be read, is empty, is
 * in no known format or fits several, or has an unusable header.
 */
export async function openMemoryTrace(path: string, options: MemoryTraceOptions): Promise<MemoryTrace> {
  const { batchSize = BATCH_ACCESSES } = options;
  if (batchSize < BATCH_ACCESSES_MIN) throw new Error(`batch size ${batchSize} is below ${BATCH_ACCESSES_MIN}`);
  const head = await readHead(path);
  const format = chooseFormat(path, options.format, head);
  const problem = createDecoder(format, head, new TraceIssueLog(() => {}));
  if (typeof problem === 'string') throw new MemoryTraceError(path, problem, `It was to be read as ${format}.`);
  const decoderFor = (issues: TraceIssueLog): TraceDecoder => {
    const decoder = createDecoder(format, head, issues);
    if (typeof decoder === 'string') throw new Error(`the head of ${path} was good before: ${decoder}`);
    return decoder;
  };
  const batches = (): AsyncGenerator<TraceBatch> => {
    const issues = new TraceIssueLog(options.onIssue);
    return batchesOf(path, decoderFor(issues), issues, new TraceColumns(batchSize));
  };
  return { format, batches: { [Symbol.asyncIterator]: batches } };
}

async function* batchesOf(
  path: string,
  decoder: TraceDecoder,
  issues: TraceIssueLog,
  batch: TraceColumns,
): AsyncGenerator<TraceBatch> {
  const damages: InflateDamage[] = [];
  for await (const chunk of traceBytes(path, (damage) => damages.push(damage))) {
    decoder.push(chunk);
    yield* fullBatches(decoder, batch);
  }
  const rest = decoder.finish(damages.some(({ isTextWhole }) => !isTextWhole));
  yield* fullBatches(decoder, batch);
  if (batch.count > 0) yield batch;
  for (const { text } of damages) {
    issues.report('damaged-compression', 0, rest === '' ? text : `${text}; not used at its end: ${rest}`);
  }
  issues.finish();
}

function* fullBatches(decoder: TraceDecoder, batch: TraceColumns): Generator<TraceBatch> {
  while (decoder.decode(batch)) {
    yield batch;
    batch.count = 0;
  }
}

/** The first HEAD_BYTES of the decompressed trace, or all of a smaller one. Rejects if damage left nothing of it. */
async function readHead(path: string): Promise<Buffer> {
  const head = Buffer.alloc(HEAD_BYTES);
  let filled = 0;
  let damage: InflateDamage | undefined;
  const onDamage = (found: InflateDamage): void => {
    damage ??= found;
  };
  for await (const chunk of traceBytes(path, onDamage)) {
    const piece = chunk.subarray(0, HEAD_BYTES - filled);
    head.set(piece, filled);
    filled += piece.length;
    if (filled === HEAD_BYTES) break;
  }
  if (filled === 0 && damage !== undefined) {
    const found = `is damaged: nothing of it can be decompressed (${damage.text})`;
    throw new MemoryTraceError(path, found, TRACE_ISSUE_KINDS['damaged-compression'].advice);
  }
  return head.subarray(0, filled);
}

function chooseFormat(path: string, wanted: string, head: Buffer): TraceFormatName {
  if (wanted !== 'auto') {
    if (isTraceFormatName(wanted)) return wanted;
    throw new MemoryTraceError(path, `has an unknown format "${wanted}"`, `${KNOWN_FORMATS} Or say auto.`);
  }
  if (head.length === 0) throw new MemoryTraceError(path, 'is empty', 'Record the trace again.');
  const [format, ...others] = possibleFormats(head);
  if (format === undefined) throw new MemoryTraceError(path, 'is in no format that is recognised', KNOWN_FORMATS);
  if (others.length > 0) {
    const names = [format, ...others].join(' or ');
    throw new MemoryTraceError(path, `could be in format ${names}`, 'Name its format.');
  }
  return format;
}
