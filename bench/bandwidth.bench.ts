/**
 * Memory with channels beside memory that is never busy (the floor): the same PEs, caches and streams, advanced in time.
 *
 * Four PEs with private L1 and L2 and a shared L3, each a tenant with a PARTID of its own, three stores in ten accesses; one
 * that goes to memory makes 1.3 requests with its write-backs. A mix is named by the share of accesses that memory serves: one
 * in five, more than any program that we know, and nearly all, the worst case. Channels are on one side alone: without MSCs,
 * and with MIN, MAX and a MBWU monitor for every tenant at every channel, and a CSU monitor for each at the L3. MSCs are brought
 * up to date at the end of every quantum, and all monitors are read every ten.
 */
import { PartidSpace, packLabel } from '../src/arch/label.ts';
import {
  ADVANCED,
  EXECUTOR_BYTES,
  EXECUTOR_READS,
  EXECUTOR_SERVED,
  EXECUTOR_WRITES,
  PE_BYTES,
  PE_EXECUTOR,
  PE_STREAM,
  PE_WAYS,
  STEP_MEMORY,
  STEPS,
  WAY_OWNER,
} from '../src/loop/assembly/layout.ts';
import { BlockLayout } from '../src/loop/block.ts';
import type { AccountingWindow } from '../src/memory/bandwidth-config.ts';
import type { CacheConfig, HierarchyConfig } from '../src/memory/hierarchy-config.ts';
import { machineMscs } from '../src/memory/machine-mscs.ts';
import { reserveMemory } from '../src/memory/memory-regions.ts';
import { MemorySystem } from '../src/memory/memory-system.ts';
import type { Msc } from '../src/memory/msc.ts';
import { planStreams, reserveStreams } from '../src/workload/streams/stream-blueprint.ts';
import { Side } from '../src/workload/streams/stream-plan.ts';
import { StreamSet } from '../src/workload/streams/stream-set.ts';
import type { ComponentSpec, PartSpec } from '../src/workload/workload.ts';
import { measureRatio } from './ratio.ts';
import { channelsBehind, readMonitors, regulate, watchingMscs } from './regulated-memory.ts';

const PES = 4;
const QUANTUM_NS = 1000;
/** How often monitors are read. */
const SAMPLE_NS = 10 * QUANTUM_NS;
const LAST_CACHE = 2 * PES;
const ACCESSES = 100_000;
const GOAL = 0.6;
const SERVED_BY_MEMORY = EXECUTOR_SERVED + 8 * STEP_MEMORY;
const MIB = 2 ** 20;

const uniform = (bytes: number, weight: number): ComponentSpec => ({
  region: { name: `data of ${bytes}`, bytes, sharing: 'vcpu' },
  pattern: { kind: 'uniform' },
  weight,
  elementBytes: 8,
  writesPerThousand: 300,
});

const MIXES: readonly (readonly ComponentSpec[])[] = [
  [uniform(16 * MIB, 1), uniform(16 * 1024, 4)],
  [uniform(16 * MIB, 1)],
];

/** Undefined: channels without MSCs. */
const WINDOWS: readonly (AccountingWindow | undefined)[] = [undefined, 'fixed', 'moving', 'decaying'];

export async function run(): Promise<void> {
  for (const components of MIXES) {
    const floor = openMachine(components, undefined);
    const mix = `${Math.round(100 * floor.shareOfMemory())} % to memory`;
    for (const window of WINDOWS) {
      await measureRatio({
        name: `${mix}: channels${window === undefined ? '' : `, limits (${window}), monitors`}`,
        operations: ACCESSES,
        unit: 'accesses/s',
        goal: GOAL,
        run: openMachine(components, { window: window ?? 'fixed', isRegulated: window !== undefined }).run,
        floor: floor.run,
      });
    }
  }
}

/** Memory with channels, and whether MSCs limit and watch what goes through them. */
interface Channels {
  readonly window: AccountingWindow;
  readonly isRegulated: boolean;
}

interface Machine {
  /** Make at least ACCESSES accesses. */
  readonly run: () => void;
  /** Share of the accesses that memory serves, once the caches are warm: some are made to find out. */
  readonly shareOfMemory: () => number;
}

function openMachine(components: readonly ComponentSpec[], channels: Channels | undefined): Machine {
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
  const count = (offset: number): number => {
    let sum = 0;
    for (let pe = 0; pe < PES; pe++) sum += block.words[(executors.byteOffset + pe * EXECUTOR_BYTES + offset) >> 2]!;
    return sum;
  };
  const made = (): number => count(EXECUTOR_READS) + count(EXECUTOR_WRITES);
  const advance = advancer(memory, streams.machineAddress);
  if (channels?.isRegulated === true) regulate(advance.mscs, PES);
  const run = (): void => {
    for (const enough = made() + ACCESSES; made() < enough; ) advance.quantum();
  };
  const shareOfMemory = (): number => {
    run();
    const [before, servedBefore] = [made(), count(SERVED_BY_MEMORY)];
    run();
    return (count(SERVED_BY_MEMORY) - servedBefore) / (made() - before);
  };
  return { run, shareOfMemory };
}

/** Time goes on by a quantum at a time, as in a run. */
function advancer(
  memory: MemorySystem,
  machine: number,
): { readonly mscs: readonly Msc[]; readonly quantum: () => void } {
  const { loop, pes } = memory;
  let nowNs = 0;
  const mscs = machineMscs(
    memory,
    () => nowNs,
    () => undefined,
  );
  const quantum = (): void => {
    nowNs += QUANTUM_NS;
    loop.beginSpan(pes, PES, nowNs, QUANTUM_NS);
    if (loop.advance(machine, pes, 0, PES) !== ADVANCED) throw new Error('the loop needs something');
    for (const msc of mscs) msc.sync(nowNs);
    if (nowNs % SAMPLE_NS === 0 && mscs.length > 0 && readMonitors(mscs, PES) === 0)
      throw new Error('no monitor counts');
  };
  return { mscs, quantum };
}

const labelOf = (tenant: number): number => packLabel(PartidSpace.nonSecure, tenant + 1, 0);

function hierarchy(physicalLines: number, channels: Channels | undefined): HierarchyConfig {
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
    ...(channels === undefined ? {} : { bandwidth: channelsBehind(LAST_CACHE + 1, channels.window) }),
    ...(channels?.isRegulated === true ? { mscs: watchingMscs(PES, LAST_CACHE) } : {}),
  };
}
