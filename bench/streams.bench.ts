/**
 * Address streams: accesses generated per second, by pattern, 64 to a call as the access loop asks for them.
 *
 * Floor: the same queue filled with a counter in place of lines, in a bare typed-array loop. A draw of xoroshiro128+ and a
 * look at a page table are behind most accesses, a second draw and a random look at a table behind some; tables of regions
 * of many MiB outgrow the host's caches. The goal is that making an access costs less than the 20 ns of looking it up.
 */
import { accessLoopFor } from '../src/loop/access-loop.ts';
import { STEPS, STREAM_HEAD, STREAM_TAIL } from '../src/loop/assembly/layout.ts';
import { PART_QUEUE_ACCESSES } from '../src/loop/assembly/stream-layout.ts';
import { BlockLayout } from '../src/loop/block.ts';
import { planStreams, reserveStreams } from '../src/workload/streams/stream-blueprint.ts';
import { Side } from '../src/workload/streams/stream-plan.ts';
import { StreamSet } from '../src/workload/streams/stream-set.ts';
import type { ComponentSpec, PartSpec, PatternSpec } from '../src/workload/workload.ts';
import { measureRatio } from './ratio.ts';

const CALLS = 2000;
const GOAL = 0.05;
const SMALL_BYTES = 256 * 1024;
const LARGE_BYTES = 64 * 1024 * 1024;
const ZIPF: PatternSpec = { kind: 'zipf', exponentMilli: 900 };

export async function run(): Promise<void> {
  await measure('sequential', part([component({ kind: 'sequential' }, SMALL_BYTES)]));
  await measure('uniform, 256 KiB', part([component({ kind: 'uniform' }, SMALL_BYTES)]));
  await measure('uniform, 64 MiB', part([component({ kind: 'uniform' }, LARGE_BYTES)]));
  await measure('zipf 0.9, 256 KiB', part([component(ZIPF, SMALL_BYTES)]));
  await measure('zipf 0.9, 64 MiB', part([component(ZIPF, LARGE_BYTES)]));
  await measure('pointer chase, 256 KiB', part([component({ kind: 'pointer-chase' }, SMALL_BYTES)]));
  await measure('pointer chase, 64 MiB', part([component({ kind: 'pointer-chase' }, LARGE_BYTES)]));
  const mixture = [component(ZIPF, SMALL_BYTES, 300), component({ kind: 'sequential' }, LARGE_BYTES, 300)];
  await measure('zipf and sequential, stores, fetches', { ...part(mixture), code: CODE });
}

const CODE: PartSpec['code'] = {
  region: { name: 'code', bytes: 65_536, sharing: 'vcpu' },
  pattern: { kind: 'loop' },
};

function component(pattern: PatternSpec, bytes: number, writesPerThousand = 0): ComponentSpec {
  return {
    region: { name: `data of ${bytes}`, bytes, sharing: 'vcpu' },
    pattern,
    weight: 1,
    elementBytes: 8,
    writesPerThousand,
  };
}

function part(components: readonly ComponentSpec[]): PartSpec {
  return { components, code: undefined, instructionsPerAccess: 3 * 256, baseCpi: 256, parallelism: 256 };
}

async function measure(name: string, spec: PartSpec): Promise<void> {
  const fillQueues = generator(spec);
  const queue = new Uint32Array(4 * PART_QUEUE_ACCESSES);
  await measureRatio({
    name: `stream: ${name}; floor: a counter`,
    operations: CALLS * PART_QUEUE_ACCESSES,
    unit: 'accesses/s',
    goal: GOAL,
    run: fillQueues,
    floor: () => countInto(queue),
  });
}

/** Fills the queue of one stream CALLS times. */
function generator(user: PartSpec): () => void {
  const phases = [{ lengthNs: Number.POSITIVE_INFINITY, user, kernel: undefined }];
  const workload = { kind: 'synthetic', name: 'bench', phases, service: undefined } as const;
  const executors = [{ identity: ['bench'], sharingGroup: 'bench', workload }];
  const blueprint = planStreams({
    name: 'bench',
    seed: 1,
    executors,
    lineBytes: 64,
    pageBytes: 4096,
    placement: 'scattered',
    recordedPages: 0,
  });
  const layout = new BlockLayout();
  layout.reserve('address 0 means none', 64);
  const region = reserveStreams(layout, blueprint);
  const block = layout.build();
  const latenciesPs = new Array<number>(STEPS).fill(1000);
  const streams = new StreamSet(block, region, blueprint, { frequencyMhz: 3000, latenciesPs });
  const loop = accessLoopFor(block);
  const stream = streams.streamAddress(0, Side.user);
  const words = new Uint32Array(block.memory.buffer);
  return () => {
    for (let call = 0; call < CALLS; call++) {
      words[(stream + STREAM_HEAD) >>> 2] = words[(stream + STREAM_TAIL) >>> 2]!;
      loop.generate(streams.machineAddress, stream);
    }
  };
}

function countInto(queue: Uint32Array): void {
  let line = 0;
  for (let call = 0; call < CALLS; call++) {
    for (let at = 0; at < queue.length; at += 4) {
      queue[at] = line++;
      queue[at + 1] = 0;
      queue[at + 2] = 768;
    }
  }
}
