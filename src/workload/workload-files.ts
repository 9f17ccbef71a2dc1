/** The files that workloads are read from, as a run's inputs: what they are is part of the run. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type ArrivalFile, parseArrivalFile } from './service/arrival-file.ts';
import type { WorkloadSpec } from './workload.ts';
import { WorkloadFileError } from './workload-file-error.ts';

/** A file that a run reads, with what identifies its content. */
export interface InputFile {
  /** As the scenario names it. */
  readonly path: string;
  readonly sha256: string;
  readonly byteLength: number;
}

export interface WorkloadFiles {
  readonly inputs: readonly InputFile[];
  /** By path. */
  readonly arrivals: ReadonlyMap<string, ArrivalFile>;
}

/**
 * Read what workloads name, each file once: arrival times wholly, memory traces only for their hash.
 * @throws WorkloadFileError (a rejection) for the first file that cannot be read.
 */
export async function workloadFiles(workloads: readonly WorkloadSpec[]): Promise<WorkloadFiles> {
  const inputs = new Map<string, InputFile>();
  const arrivals = new Map<string, ArrivalFile>();
  for (const workload of workloads) {
    if (workload.kind === 'recorded' && !inputs.has(workload.path)) {
      inputs.set(workload.path, await readable(workload.file, describeTrace(workload.file, workload.path)));
    }
    const source = workload.service?.arrivals;
    if (source?.kind !== 'file' || arrivals.has(source.path)) continue;
    const bytes = await readable(source.file, readFile(source.path));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    inputs.set(source.path, { path: source.file, sha256, byteLength: bytes.length });
    arrivals.set(source.path, parseArrivalFile(bytes));
  }
  return { inputs: [...inputs.values()], arrivals };
}

/** Traces can be larger than memory: they are hashed piece by piece. */
async function describeTrace(file: string, path: string): Promise<InputFile> {
  const hash = createHash('sha256');
  let byteLength = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    byteLength += chunk.length;
  }
  return { path: file, sha256: hash.digest('hex'), byteLength };
}

async function readable<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw new WorkloadFileError(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
