/**
 * Reading recorded memory traces: lines per second, from the file on disk to accesses in batches.
 *
 * Floor: node:readline splitting the same file into lines and doing nothing with them. The traces are made here, with the
 * mix and the address lengths of a program under valgrind's lackey.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Bench } from 'tinybench';
import { openMemoryTrace } from '../src/workload/memory-trace/open-memory-trace.ts';
import { SyncTraceReader } from '../src/workload/memory-trace/sync-trace-reader.ts';
import { printRatio } from './ratio.ts';
import { readLines } from './read-lines.ts';

const LINES = 4_000_000;
const GOAL = 0.4;

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mpamlab-memory-trace-'));
  try {
    const text = lackeyText();
    const save = (name: string, bytes: Uint8Array): string => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    };
    await measure(save('trace', text), save('trace.gz', gzipSync(text)), save('trace.zst', zstdCompressSync(text)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(plain: string, gzipped: string, zstd: string): Promise<void> {
  const bench = new Bench({ time: 3000, iterations: 5, warmupTime: 1000, warmupIterations: 2 });
  bench.add('readline', () => readLines(plain));
  bench.add('readline gzip', () => readLines(gzipped));
  bench.add('lackey', () => readAll(plain));
  bench.add('lackey gzip', () => readAll(gzipped));
  bench.add('lackey zstd', () => readAll(zstd));
  bench.add('pulled', () => pullAll(plain));
  await bench.run();

  const print = (name: string, path: string, floor: string): void => {
    const result = { perSecond: linesPerSecond(bench, path), floorPerSecond: linesPerSecond(bench, floor) };
    printRatio({ name, unit: 'lines/s', goal: GOAL }, { ...result, ratio: result.perSecond / result.floorPerSecond });
  };
  print('memory trace, lackey; floor: readline', 'lackey', 'readline');
  print('memory trace, lackey gzip; floor: readline', 'lackey gzip', 'readline gzip');
  print('memory trace, lackey zstd; floor: as gzip', 'lackey zstd', 'readline gzip');
  print('memory trace, lackey, pulled; floor: readline', 'pulled', 'readline');
}

async function readAll(path: string): Promise<void> {
  const onIssue = (): void => {
    throw new Error('the trace has no bad line');
  };
  const { batches } = await openMemoryTrace(path, { format: 'auto', onIssue });
  let accesses = 0;
  for await (const batch of batches) accesses += batch.count;
  check(accesses);
}

/** With the start of the worker thread. */
function pullAll(path: string): void {
  const reader = new SyncTraceReader(path, 'auto');
  let accesses = 0;
  for (let batch = reader.next(); batch !== undefined; batch = reader.next()) accesses += batch.count;
  reader.close();
  check(accesses);
}

function check(accesses: number): void {
  if (accesses !== LINES) throw new Error(`${accesses} accesses instead of ${LINES}`);
}

function lackeyText(): Buffer {
  const lines = Array.from({ length: LINES }, (_, i) => {
    const hash = Math.imul(i, 0x9e3779b1) >>> 0;
    const code = (0x401000 + (hash % 40_000)).toString(16).padStart(8, '0');
    if (i % 10 < 7) return `I  ${code},${1 + (hash % 8)}`;
    return ` ${i % 10 === 9 ? 'S' : 'L'} 1fff${(hash % 0x1000000).toString(16).padStart(6, '0')},8`;
  });
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}

function linesPerSecond(bench: Bench, task: string): number {
  const result = bench.getTask(task)?.result;
  if (result?.state !== 'completed') throw new Error(`bench task ${task} did not complete: ${result?.state}`);
  return (LINES * 1000) / result.latency.p50;
}
