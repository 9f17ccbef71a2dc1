/** Decodes traces in memory and from files, into plain objects that tests can compare. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecoder } from '../../../src/workload/memory-trace/decoders.ts';
import { openMemoryTrace } from '../../../src/workload/memory-trace/open-memory-trace.ts';
import { type TraceBatch, TraceColumns } from '../../../src/workload/memory-trace/trace-batch.ts';
import type { TraceFormatName } from '../../../src/workload/memory-trace/trace-formats.ts';
import { type TraceIssue, TraceIssueLog } from '../../../src/workload/memory-trace/trace-issues.ts';

export interface Access {
  readonly address: bigint;
  readonly size: number;
  readonly kind: 'read' | 'write' | 'fetch' | 'modify';
  readonly instructions: number;
}

export interface Decoded {
  readonly accesses: readonly Access[];
  readonly issues: readonly TraceIssue[];
  /** Accesses of each batch. */
  readonly batches: readonly number[];
}

const KINDS = ['read', 'write', 'fetch', 'modify'] as const;

export function accessesOf(batch: TraceBatch): Access[] {
  return Array.from({ length: batch.count }, (_, i) => ({
    address: (BigInt(batch.addressHigh[i]!) << 32n) | BigInt(batch.addressLow[i]!),
    size: batch.size[i]!,
    kind: KINDS[batch.kind[i]!]!,
    instructions: batch.instructions[i]!,
  }));
}

/** Runs the decoder over the chunks; `head` is what the format's header is read from. */
export function decodeChunks(name: TraceFormatName, chunks: readonly Uint8Array[], capacity = 16): Decoded {
  const issues: TraceIssue[] = [];
  const log = new TraceIssueLog((issue) => issues.push(issue));
  const decoder = createDecoder(name, Buffer.concat(chunks), log);
  if (typeof decoder === 'string') throw new Error(decoder);
  const batch = new TraceColumns(capacity);
  const accesses: Access[] = [];
  const batches: number[] = [];
  const takeBatch = (): void => {
    accesses.push(...accessesOf(batch));
    batches.push(batch.count);
    batch.count = 0;
  };
  for (const chunk of chunks) {
    // A copy that is wiped afterwards: whoever keeps a reference to a chunk is found out.
    const copy = Uint8Array.from(chunk);
    decoder.push(copy);
    while (decoder.decode(batch)) takeBatch();
    copy.fill(0xff);
  }
  decoder.finish(false);
  while (decoder.decode(batch)) takeBatch();
  if (batch.count > 0) takeBatch();
  log.finish();
  return { accesses, issues, batches };
}

export function decodeText(name: TraceFormatName, text: string): Decoded {
  return decodeChunks(name, [Buffer.from(text, 'latin1')]);
}

/** Opens the bytes as a file called `name`. */
export async function decodeFile(
  bytes: Uint8Array,
  format = 'auto',
  name = 'trace',
): Promise<Decoded & { format: string }> {
  return withFile(bytes, name, (path) => decodePath(path, format));
}

async function decodePath(path: string, format = 'auto'): Promise<Decoded & { format: string }> {
  const issues: TraceIssue[] = [];
  const trace = await openMemoryTrace(path, { format, onIssue: (issue) => issues.push(issue) });
  const accesses: Access[] = [];
  const batches: number[] = [];
  for await (const batch of trace.batches) {
    accesses.push(...accessesOf(batch));
    batches.push(batch.count);
  }
  return { format: trace.format, accesses, issues, batches };
}

export async function withFile<T>(bytes: Uint8Array, name: string, use: (path: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mpamlab-trace-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `bytes` cut at the given places. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return sorted.map((end, i) => bytes.slice(i === 0 ? 0 : sorted[i - 1], end));
}
