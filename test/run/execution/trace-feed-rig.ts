/** A trace feed with a queue of its own, and the accesses that come out of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  ACCESS_BYTES,
  ACCESS_INSTRUCTIONS,
  ACCESS_KIND,
  ACCESS_LINE,
  KIND_FETCH,
  KIND_READ,
  KIND_WRITE,
  MACHINE_BYTES,
  MACHINE_FRAME_FACTOR,
  MACHINE_FRAME_OFFSET,
  MACHINE_FRAMES,
  STREAM_BYTES,
  STREAM_ENDED,
  STREAM_HEAD,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_TAIL,
} from '../../../src/loop/assembly/layout.ts';
import { BlockLayout } from '../../../src/loop/block.ts';
import { TraceFeed } from '../../../src/run/execution/trace-feed.ts';
import type { TraceIssue } from '../../../src/workload/memory-trace/trace-issues.ts';
import { temporaryFolder } from '../../support/run-files.ts';

export const LINE_BYTES = 64;
export const PAGE_BYTES = 4096;
/** As small as that, a queue is filled many times. */
const QUEUE_ACCESSES = 16;

/** Where the n-th page touched is: (7 n + 3) mod `frames`. */
const FRAME_FACTOR = 7;
const FRAME_OFFSET = 3;
export const frameOfTouched = (n: number, frames: number): number => (FRAME_FACTOR * n + FRAME_OFFSET) % frames;

const KIND_NAMES: Readonly<Record<number, 'read' | 'write' | 'fetch'>> = {
  [KIND_READ]: 'read',
  [KIND_WRITE]: 'write',
  [KIND_FETCH]: 'fetch',
};

export interface FedAccess {
  readonly line: number;
  readonly kind: 'read' | 'write' | 'fetch';
  /** In 1/256. */
  readonly instructions: number;
}

export interface FeedChoices {
  readonly format: string;
  readonly repeats?: boolean;
  /** For formats that do not count instructions, in 1/256. */
  readonly instructionsPerAccess?: number;
  readonly frames?: number;
}

export interface FeedRig {
  readonly issues: readonly TraceIssue[];
  /** The next access; undefined once the stream has ended. */
  next(): FedAccess | undefined;
  /** The next accesses, fewer at the end. */
  take(count: number): FedAccess[];
}

/** A feed from a trace of that text, which is closed when the test has finished. */
export function feedRig(text: string, choices: FeedChoices): FeedRig {
  const path = join(temporaryFolder(), 'trace');
  writeFileSync(path, text);
  const layout = new BlockLayout();
  const queue = layout.reserve('queue', QUEUE_ACCESSES * ACCESS_BYTES).byteOffset;
  const stream = layout.reserve('stream', STREAM_BYTES).byteOffset;
  const machine = layout.reserve('machine', MACHINE_BYTES).byteOffset;
  const block = layout.build();
  const words = new Uint32Array(block.memory.buffer);
  words[(stream + STREAM_QUEUE) >> 2] = queue;
  words[(stream + STREAM_QUEUE_MASK) >> 2] = QUEUE_ACCESSES - 1;
  words[(machine + MACHINE_FRAMES) >> 2] = choices.frames ?? 1024;
  words[(machine + MACHINE_FRAME_FACTOR) >> 2] = FRAME_FACTOR;
  words[(machine + MACHINE_FRAME_OFFSET) >> 2] = FRAME_OFFSET;

  const issues: TraceIssue[] = [];
  const place = { block, stream, machine, lineBytes: LINE_BYTES, pageBytes: PAGE_BYTES };
  const feed = new TraceFeed(specOf(path, choices), place, (issue) => issues.push(issue));
  onTestFinished(() => feed.close());

  /** As the access loop does: accesses are asked for when there are none left, until the stream has ended. */
  function next(): FedAccess | undefined {
    const head = words[(stream + STREAM_HEAD) >> 2]!;
    if (head === words[(stream + STREAM_TAIL) >> 2]) {
      if (words[(stream + STREAM_ENDED) >> 2] === 1) return undefined;
      feed.refill();
      const filled = words[(stream + STREAM_TAIL) >> 2]! - head;
      if (filled > QUEUE_ACCESSES) throw new Error(`${filled} accesses in a queue of ${QUEUE_ACCESSES}`);
      return next();
    }
    words[(stream + STREAM_HEAD) >> 2] = head + 1;
    const access = queue + (head % QUEUE_ACCESSES) * ACCESS_BYTES;
    return {
      line: words[(access + ACCESS_LINE) >> 2]!,
      kind: KIND_NAMES[words[(access + ACCESS_KIND) >> 2]!]!,
      instructions: words[(access + ACCESS_INSTRUCTIONS) >> 2]!,
    };
  }

  function take(count: number): FedAccess[] {
    const taken: FedAccess[] = [];
    while (taken.length < count) {
      const access = next();
      if (access === undefined) break;
      taken.push(access);
    }
    return taken;
  }
  return { issues, next, take };
}

function specOf(path: string, { format, repeats, instructionsPerAccess }: FeedChoices) {
  return {
    ...({ kind: 'recorded', name: 'w', file: 'the trace', path, format, repeats: repeats ?? false } as const),
    ...{ instructionsPerAccess: instructionsPerAccess ?? 256, baseCpi: 256, parallelism: 256 },
    ...{ kernel: undefined, service: undefined },
  };
}
