/**
 * Memory with channels beside memory that is never busy: the same PEs, caches and streams, advanced in time.
 *
 * Four PEs with private L1 and L2 and a shared L3, each a tenant with a PARTID of its own, three stores in ten accesses.
 * `memory-bound`: one access in five goes to memory (and makes 1.3 requests with its write-backs), more than any program that
 * we know. `misses only`: every access does, the worst case. Channels are on one side alone: without limits, and with MIN and
 * MAX for every tenant in each kind of accounting window. Monitors are derived from counters when somebody looks, and cost an
 * access nothing.
 */
import { PartidSpace, packLabel } from '../src/arch/label.ts';
import {
  ADVANCED,
  EXECUTOR_BYTES,
  EXECUTOR_READS,
  EXECUTOR_WRITES,
  PE_BYTES,
  PE_EXECUTOR,
  PE_STREAM,
  PE_WAYS,
  STEPS,
  WAY_OWNER,
} from '../src/loop/assembly/layout.ts';
import { BlockLayout } from '../src/loop/block.ts';
import type { AccountingWindow, BandwidthConfig } from '../src/memory/bandwidth-config.ts';
import type { CacheConfig, HierarchyConfig } from '../src/memory/hierarchy-config.ts';
import { MemorySystem, reserveMemory } from '../src/memory/memory-system.ts';
import { planStreams, reserveStreams } from '../src/workload/streams/stream-blueprint.ts';
import { Side } from '../src/workload/streams/stream-plan.ts';
import { StreamSet } from '../src/workload/streams/stream-set.ts';
import type { ComponentSpec, PartSpec } from '../src/workload/workload.ts';
import { measureRatio } from './ratio.ts';

const PES = 4;
const QUANTUM_NS = 1000;
const ACCESSES = 100_000;
const GOAL = 0.6;
const MIB = 2 ** 20;
/** A line of 64 bytes at 12.8 GB/s, in 1/65536 ps. */
const LINE_TIME = 5000 * 65536;

const uniform = (bytes: number, weight: number): ComponentSpec => ({
  region: { name: `data of ${bytes}`, bytes, sharing: 'vcpu' },
  pattern: { kind: 'uniform' },
  weight,
  elementBytes: 8,
  writesPerThousand: 300,
});

const MIXES: Readonly<Record<string, readonly ComponentSpec[]>> = {
  'memory-bound': [uniform(16 * MIB, 1), uniform(16 * 1024, 4)],
  'misses only': [uniform(16 * MIB, 1)],
};

/** Undefined: channels without limits. */
const WINDOWS: readonly (AccountingWindow | undefined)[] = [undefined, 'fixed', 'moving', 'decaying'];

export async function run(): Promise<void> {
  for (const [mix, components] of Object.entries(MIXES)) {
    for (const window of WINDOWS) {
      const machine = openMachine(components, bandwidth(window ?? 'fixed'));
      if (window !== undefined) limitAll(machine.memory);
      await measureRatio({
        name: `${mix}: channels, ${window === undefined ? 'no limits' : `limits, ${window}`}; floor: none`,
        operations: ACCESSES,
        unit: 'accesses/s',
        goal: GOAL,
        run: machine.run,
        floor: openMachine(components, undefined).run,
      });
    }
  }
}

function bandwidth(window: AccountingWindow): BandwidthConfig {
  const channel = { turnaroundPs: 0, starvationPs: 20_000_000, portionPs: 80_000, offsetLimit: 0 };
  return {
    mode: 'exact',
    closedFormIntervalPs: 10_000_000,
    writeBufferLines: 32,
    channels: [0, 1].map((n) => ({ name: `mem-0.${n}`, lineTime: LINE_TIME, window, ...channel })),
    memories: [{ name: 'mem-0', channels: [0, 1], interleaveLines: 4 }],
    memoryOfCache: [...new Array<undefined>(2 * PES).fill(undefined), 0],
    channelOfCache: new Array<undefined>(2 * PES + 1).fill(undefined),
  };
}

/** Every tenant has a guarantee of 10 % and a soft limit of 40 %. */
function limitAll({ channels, owners }: MemorySystem): void {
  for (let channel = 0; channel < 2; channel++) {
    const slots = channels!.slots(channel);
    for (let tenant = 0; tenant < PES; tenant++) {
      const slot = slots.addSlot();
      slots.setLimits(slot, {
        ...{ minimum: 6553, maximum: 26_214, isHard: false, stride: 0 },
        ...{ priority: undefined, downstreamPriority: undefined, windowPs: 10_000_000 },
      });
      slots.setOwnerSlot(owners.numberOf(labelOf(tenant), tenant), slot);
    }
  }
}

interface Machine {
  readonly memory: MemorySystem;
  /** Make at least ACCESSES accesses. */
  readonly run: () => void;
}

function openMachine(components: readonly ComponentSpec[], channels: BandwidthConfig | undefined): Machine {
  const user: PartSpec = { components, code: undefined, instructionsPerAccess: 768, baseCpi: 256, parallelism: 2048 };
  const phases = [{ lengthNs: Number.POSITIVE_INFINITY, user, kernel: undefined }];
  const workload = { kind: 'synthetic', name: 'bench', phases, service: undefined } as const;
  const blueprint = planStreams({
    ...{ name: 'bench', seed: 1, lineBytes: 64, pageBytes: 4096, placement: 'scattered', recordedPages: 0 },
    executors: Array.from({ length: PES }, (_, pe) => ({ identity: ['bench', pe], sharingGroup: `${pe}`, workload })),
  });
  const layout = new BlockLayout();
  const memoryRegions = reserveMemory(layout, hierarchy(blueprint.physicalLines, channels));
  const streamRegion = reserveStreams(layout, blueprint);
  const executors = layout.reserve('executors', PES * EXECUTOR_BYTES);
  const block = layout.build();
  const memory = new MemorySystem(block, memoryRegions);
  const latenciesPs = [0, 4000, 15_000, ...new Array<number>(STEPS - 3).fill(90_000)];
  const streams = new StreamSet(block, streamRegion, blueprint, { frequencyMhz: 3000, latenciesPs });
  memory.connectTraffic(streams.machineAddress);
  for (let pe = 0; pe < PES; pe++) {
    const at = (memory.pes + pe * PE_BYTES) >> 2;
    block.words[at + (PE_STREAM >> 2)] = streams.streamAddress(pe, Side.user);
    block.words[at + (PE_EXECUTOR >> 2)] = executors.byteOffset + pe * EXECUTOR_BYTES;
    block.words[at + ((PE_WAYS + WAY_OWNER) >> 2)] = memory.owner(labelOf(pe), pe);
  }
  const made = (): number => {
    let count = 0;
    for (let at = executors.byteOffset >> 2; at < (executors.byteOffset + executors.byteLength) >> 2; ) {
      count += block.words[at + (EXECUTOR_READS >> 2)]! + block.words[at + (EXECUTOR_WRITES >> 2)]!;
      at += EXECUTOR_BYTES >> 2;
    }
    return count;
  };
  return { memory, run: () => advance(memory, streams.machineAddress, made) };
}

const times = new WeakMap<MemorySystem, number>();

/** Go on in spans of the quantum until enough accesses are made. */
function advance(memory: MemorySystem, machine: number, made: () => number): void {
  const { loop, pes } = memory;
  let nowNs = times.get(memory) ?? 0;
  for (const enough = made() + ACCESSES; made() < enough; ) {
    nowNs += QUANTUM_NS;
    loop.beginSpan(pes, PES, nowNs, QUANTUM_NS);
    if (loop.advance(machine, pes, 0, PES) !== ADVANCED) throw new Error('the loop needs something');
  }
  times.set(memory, nowNs);
}

const labelOf = (tenant: number): number => packLabel(PartidSpace.nonSecure, tenant + 1, 0);

function hierarchy(physicalLines: number, channels: BandwidthConfig | undefined): HierarchyConfig {
  const cache = {
    policy: 'lru',
    writePolicy: 'write-back',
    inclusion: 'non-inclusive',
    writeHitOwner: 'allocator',
    flows: false,
    missClasses: false,
    controls: undefined,
    latencyPs: 0,
  } as const;
  const tenants = Array.from({ length: PES }, (_, pe) => pe);
  const caches: readonly CacheConfig[] = [
    ...tenants.map((pe) => ({ ...cache, name: `l1-${pe}`, level: 'L1', sets: 64, ways: 8, outer: PES + pe })),
    ...tenants.map((pe) => ({ ...cache, name: `l2-${pe}`, level: 'L2', sets: 512, ways: 8, outer: 2 * PES })),
    { ...cache, name: 'l3', level: 'L3', sets: 2048, ways: 16, outer: undefined, flows: true, missClasses: true },
  ];
  return {
    ...{ caches, lineBytes: 64, memoryLatencyPs: 90_000, physicalLines, ownerCapacity: 64, seed: 1 },
    ports: tenants.map((pe) => ({ fetch: pe, data: pe })),
    writeBackBilledTo: 'owner',
    ...(channels === undefined ? {} : { bandwidth: channels }),
  };
}
