/**
 * The access loop beside its floor: the same sets, SIMD tag compare and LRU ranks without partitions, attribution, owners,
 * stores or levels (assembly/floor.ts, compiled here).
 *
 * Three workloads of four tenants in turn: `program` (mostly hits, as programs do: walks, a small hot set, some far
 * accesses), `fits` (uniform, a LLC that fits the host's caches, a third misses), `beyond` (uniform over a LLC of 64 MiB of
 * simulated lines, whose sets outgrow the host's caches).
 */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { PartidSpace, packLabel } from '../src/arch/label.ts';
import { MscRegister } from '../src/arch/msc-registers.ts';
import { ACCESS_BYTES, ACCESS_OWNER_SHIFT, KIND_READ, KIND_WRITE } from '../src/loop/assembly/layout.ts';
import { type Block, BlockLayout, type Region } from '../src/loop/block.ts';
import { randomStream } from '../src/loop/random-stream.ts';
import { type CacheConfig, type HierarchyConfig, REPLACEMENT_POLICIES } from '../src/memory/hierarchy-config.ts';
import { reserveMemory } from '../src/memory/memory-regions.ts';
import { MemorySystem } from '../src/memory/memory-system.ts';
import type { CacheControlFeatures } from '../src/memory/msc-config.ts';
import { settingAt } from '../src/memory/settings/setting-place.ts';
import { measureRatio } from './ratio.ts';

const TENANTS = 4;
const WAYS = 16;
/** Accesses in one call of the loop; a workload is many such calls, so that branch predictors do not learn it by heart. */
const CALL = 16384;
const CALLS = 64;

const CONTROLS: CacheControlFeatures = {
  partidMax: 63,
  pmgMax: 1,
  cpbmWd: WAYS,
  portionKind: 'ways',
  cmaxWd: 8,
  hasCmax: true,
  hasSoftlim: true,
  hasCmin: true,
  cassocWd: 4,
  hasEndis: true,
  hasNfu: false,
  intpartidMax: undefined,
  outOfRange: 'default',
  reset: 'defaults',
  victimPreference: 'ladder',
};

const LLC: CacheConfig = {
  name: 'llc',
  level: 'LLC',
  sets: 1024,
  ways: WAYS,
  policy: 'lru',
  writePolicy: 'write-back',
  inclusion: 'non-inclusive',
  outer: undefined,
  latencyPs: 0,
  writeHitOwner: 'allocator',
  flows: true,
  missClasses: true,
  controls: CONTROLS,
};

interface Workload {
  readonly name: string;
  readonly sets: number;
  /** The n-th line of a tenant. */
  readonly line: (n: number) => number;
}

const random = randomStream(1, 'bench');

/**
 * Mostly hits: a walk over 8 KiB with 8 accesses a line, a hot set of 16 KiB, and one access in 64 anywhere in 8 MiB. An L1
 * misses 2 % of it; the recorded programs (tcc, sqlite, gzip) miss 1 to 5 %.
 */
function programLine(n: number): number {
  const draw = random.below(64);
  if (draw === 0) return random.below(131_072);
  return draw < 20 ? 128 + random.below(256) : (n >> 3) & 127;
}

const WORKLOADS: readonly Workload[] = [
  { name: 'program', sets: 1024, line: programLine },
  { name: 'fits', sets: 1024, line: () => random.below(6000) },
  { name: 'beyond', sets: 65_536, line: () => random.below(400_000) },
];

interface Setting {
  readonly name: string;
  readonly goal: number;
  readonly caches: (sets: number) => readonly CacheConfig[];
  readonly prepare?: (memory: MemorySystem) => void;
}

const bare = (sets: number): CacheConfig => ({ ...LLC, sets, flows: false, missClasses: false, controls: undefined });
const withPolicy = (policy: CacheConfig['policy']): Setting => ({
  name: `policy ${policy}`,
  goal: 0.2,
  caches: (sets) => [{ ...LLC, sets, policy }],
  prepare: fourPartitions,
});

const SETTINGS: readonly Setting[] = [
  { name: 'bare', goal: 0.6, caches: (sets) => [bare(sets)] },
  { name: 'attribution', goal: 0.6, caches: (sets) => [{ ...LLC, sets, controls: undefined }] },
  { name: 'CPBM, all portions shared', goal: 0.6, caches: (sets) => [{ ...bare(sets), controls: CONTROLS }] },
  {
    name: 'CMAX and CMIN, not reached',
    goal: 0.6,
    caches: (sets) => [{ ...bare(sets), controls: CONTROLS }],
    prepare: limits,
  },
  { name: 'four partitions, attribution', goal: 0.6, caches: (sets) => [{ ...LLC, sets }], prepare: fourPartitions },
  { name: 'L1, L2, L3, four partitions', goal: 0.35, caches: threeLevels, prepare: fourPartitions },
];

/** Every PARTID has a quarter of the portions. */
function fourPartitions(memory: MemorySystem): void {
  const controls = memory.controls(memory.config.caches.length - 1)!;
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    controls.write(settingAt(MscRegister.MPAMCFG_CPBM, PartidSpace.nonSecure, tenant + 1), 0xf << (4 * tenant));
  }
}

/** Limits that make the core look at them at every miss, and decide nothing. */
function limits(memory: MemorySystem): void {
  const controls = memory.controls(0)!;
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    controls.write(settingAt(MscRegister.MPAMCFG_CMAX, PartidSpace.nonSecure, tenant + 1), 0xfeff);
    controls.write(settingAt(MscRegister.MPAMCFG_CMIN, PartidSpace.nonSecure, tenant + 1), 0x0100);
  }
}

/** A PE for each tenant, with an L1 of 32 KiB and an L2 of 256 KiB of its own, before the shared LLC. */
function threeLevels(sets: number): readonly CacheConfig[] {
  const inner = { ...bare(sets), ways: 8 };
  const numbers = Array.from({ length: TENANTS }, (_, tenant) => tenant);
  return [
    ...numbers.map((pe) => ({ ...inner, name: `l1-${pe}`, level: 'L1', sets: 64, outer: TENANTS + pe })),
    ...numbers.map((pe) => ({ ...inner, name: `l2-${pe}`, level: 'L2', sets: 512, outer: 2 * TENANTS })),
    { ...LLC, sets },
  ];
}

export async function run(): Promise<void> {
  const floorCode = await compileFloor();
  for (const workload of WORKLOADS) {
    const settings = workload.name === 'fits' ? [...SETTINGS, ...REPLACEMENT_POLICIES.map(withPolicy)] : SETTINGS;
    for (const setting of settings) await measure(workload, setting, floorCode);
  }
}

async function measure(workload: Workload, setting: Setting, floorCode: WebAssembly.Module): Promise<void> {
  const machine = openMachine(setting, workload);
  const { block, memory, accesses, floorSets } = machine;
  const instance = new WebAssembly.Instance(floorCode, { env: { memory: block.memory } });
  const { floor } = instance.exports as { floor: (...args: readonly (number | boolean)[]) => number };
  const looksAhead = workload.sets * 128 > 2 ** 21;
  let call = 0;
  const next = (): number => accesses.byteOffset + (call++ % CALLS) * CALL * ACCESS_BYTES;
  for (let warm = 0; warm < 2 * CALLS; warm++) {
    memory.loop.replay(memory.pes, next(), CALL);
    floor(floorSets.byteOffset, workload.sets - 1, next(), CALL, looksAhead);
  }
  await measureRatio({
    name: `${workload.name}: ${setting.name}`,
    operations: CALL,
    unit: 'accesses/s',
    goal: setting.goal,
    run: () => memory.loop.replay(memory.pes, next(), CALL),
    floor: () => floor(floorSets.byteOffset, workload.sets - 1, next(), CALL, looksAhead),
  });
}

interface Machine {
  readonly block: Block;
  readonly memory: MemorySystem;
  readonly accesses: Region;
  readonly floorSets: Region;
}

function openMachine(setting: Setting, workload: Workload): Machine {
  const config: HierarchyConfig = {
    caches: setting.caches(workload.sets),
    ports: Array.from({ length: TENANTS }, (_, pe) => {
      const first = setting.caches(workload.sets).length === 1 ? 0 : pe;
      return { fetch: first, data: first };
    }),
    lineBytes: 64,
    memoryLatencyPs: 0,
    physicalLines: TENANTS * 2 ** 19,
    writeBackBilledTo: 'owner',
    ownerCapacity: 64,
    seed: 1,
  };
  const layout = new BlockLayout();
  const regions = reserveMemory(layout, config);
  const accesses = layout.reserve('accesses', CALLS * CALL * ACCESS_BYTES);
  const floorSets = layout.reserve('floor', workload.sets * 128);
  const block = layout.build();
  const memory = new MemorySystem(block, regions);
  writeAccesses(block.int32(accesses), memory, workload);
  emptyFloor(block.uint8(floorSets));
  setting.prepare?.(memory);
  return { block, memory, accesses, floorSets };
}

/** Tenants take turns; three accesses in ten are stores. */
function writeAccesses(words: Int32Array, memory: MemorySystem, { line }: Workload): void {
  const owners = Array.from({ length: TENANTS }, (_, tenant) =>
    memory.owner(packLabel(PartidSpace.nonSecure, tenant + 1, 0), tenant),
  );
  for (let n = 0; n < CALLS * CALL; n++) {
    const tenant = n % TENANTS;
    const kind = random.chance(3, 10) ? KIND_WRITE : KIND_READ;
    words[4 * n] = tenant * 2 ** 19 + line(Math.floor(n / TENANTS));
    words[4 * n + 1] = kind | (owners[tenant]! << ACCESS_OWNER_SHIFT);
    words[4 * n + 3] = tenant;
  }
}

function emptyFloor(bytes: Uint8Array): void {
  bytes.fill(0xff);
  for (let set = 0; set < bytes.length; set += 128) {
    for (let way = 0; way < WAYS; way++) bytes[set + 96 + way] = WAYS - 1 - way;
  }
}

async function compileFloor(): Promise<WebAssembly.Module> {
  const source = join(import.meta.dirname, 'assembly/floor.ts');
  const target = join(tmpdir(), `mpamlab-floor-${process.pid}.wasm`);
  const options = '-O3 --noAssert --enable simd --runtime stub --importMemory --use abort= --config none';
  const { error, stderr } = await asc.main([source, '--baseDir', '/', '--outFile', target, ...options.split(' ')]);
  if (error !== null) throw new Error(`the floor does not compile: ${stderr.toString()}`);
  const code = new WebAssembly.Module(readFileSync(target));
  rmSync(target);
  return code;
}
