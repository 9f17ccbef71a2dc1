/** The files that workloads are read from, as the run's inputs: what they are is part of the run. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type ArrivalFile, parseArrivalFile } from '../../workload/service/arrival-file.ts';
import type { WorkloadSpec } from '../../workload/workload.ts';
import { PlanError } from '../plan-error.ts';
import type { InputFile } from '../run-plan.ts';

export interface WorkloadFiles {
  readonly inputs: readonly InputFile[];
  /** By path. */
  readonly arrivals: ReadonlyMap<string, ArrivalFile>;
}

/** Read what workloads name: arrival times wholly, memory traces only for their hash. @throws PlanError */
export async function workloadFiles(workloads: readonly WorkloadSpec[]): Promise<WorkloadFiles> {
  const inputs = new Map<string, InputFile>();
  const arrivals = new Map<string, ArrivalFile>();
  for (const workload of workloads) {
    if (workload.kind === 'recorded' && !inputs.has(workload.path)) {
      inputs.set(workload.path, await described(workload.file, workload.path));
    }
    const source = workload.service?.arrivals;
    if (source?.kind !== 'file' || arrivals.has(source.path)) continue;
    inputs.set(source.path, await described(source.file, source.path));
    arrivals.set(source.path, parseArrivalFile(await readFile(source.path)));
  }
  return { inputs: [...inputs.values()], arrivals };
}

async function described(file: string, path: string): Promise<InputFile> {
  const hash = createHash('sha256');
  let byteLength = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      byteLength += chunk.length;
    }
  } catch (error) {
    throw new PlanError(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      allowed: 'a file that can be read',
      hint: 'paths are relative to the folder of the scenario',
    });
  }
  return { path: file, sha256: hash.digest('hex'), byteLength };
}
