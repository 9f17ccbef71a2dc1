/**
 * The tables of a run file that only runs with caches fill: what the caches are, and what was measured of them.
 *
 * A sample covers one interval and one subject; `time_ns` is the interval's end. Counts are those of the interval.
 * `side` is the number of the side row (side-rows.ts): samples are hashed and verified as the names of a run are.
 * An owner is a pair of a label and a tenant: what the hardware sees of an access, and who really made it.
 */
import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const side = integer('side').primaryKey();
const timeNs = integer('time_ns').notNull();
const machine = integer('machine').notNull();

/** The memory system of a machine. No row: the machine has no caches, and nothing is executed on it. */
export const memorySystem = sqliteTable('memory_system', {
  machine: integer('machine').primaryKey(),
  /** Frequency of the PEs: cycles are times of this clock. */
  peMhz: real('pe_mhz').notNull(),
  lineBytes: integer('line_bytes').notNull(),
  memoryLatencyPs: integer('memory_latency_ps').notNull(),
  /** Who is billed for a write-back to memory: `owner` or `evictor`. */
  writeBackBilledTo: text('write_back_billed_to').notNull(),
});

export const cache = sqliteTable(
  'cache',
  {
    machine,
    /** Number on its machine, as in the samples; the next outer cache has a larger one. */
    id: integer('id').notNull(),
    name: text('name').notNull(),
    level: text('level').notNull(),
    sets: integer('sets').notNull(),
    ways: integer('ways').notNull(),
    lineBytes: integer('line_bytes').notNull(),
    policy: text('policy').notNull(),
    writePolicy: text('write_policy').notNull(),
    inclusion: text('inclusion').notNull(),
    /** The next outer cache; NULL: memory. */
    outerCache: integer('outer_cache'),
    latencyPs: integer('latency_ps').notNull(),
    /** CPBM_WD; 0: no portion partitioning. */
    portions: integer('portions').notNull(),
    /** The MSC whose settings partition it; NULL: nothing does. */
    msc: integer('msc'),
  },
  (table) => [primaryKey({ columns: [table.machine, table.id] })],
);

/** Which level serves at a step of an access's way to memory. */
export const memoryStep = sqliteTable(
  'memory_step',
  { machine, step: integer('step').notNull(), level: text('level').notNull() },
  (table) => [primaryKey({ columns: [table.machine, table.step] })],
);

/** Told once, before the first sample of it. */
export const owner = sqliteTable(
  'owner',
  {
    machine,
    id: integer('id').notNull(),
    /** Packed: PARTID 15:0, PMG 23:16, PARTID space 25:24, error 26. Decoded in view `owner_v`. */
    label: integer('label').notNull(),
    /** NULL: nobody's. */
    tenant: integer('tenant'),
    side: integer('side').notNull(),
  },
  (table) => [primaryKey({ columns: [table.machine, table.id] })],
);

export const cacheSample = sqliteTable('cache_sample', {
  ...{ side, timeNs, machine },
  cache: integer('cache').notNull(),
  owner: integer('owner').notNull(),
  reads: integer('reads').notNull(),
  writes: integer('writes').notNull(),
  fetches: integer('fetches').notNull(),
  readMisses: integer('read_misses').notNull(),
  writeMisses: integer('write_misses').notNull(),
  fetchMisses: integer('fetch_misses').notNull(),
  /** Lines allocated, and how many of them in ways that were invalid. */
  fills: integer('fills').notNull(),
  fillsIntoInvalid: integer('fills_into_invalid').notNull(),
  /** Lines that the owner's fills evicted, and lines of the owner that were evicted. */
  evictionsBy: integer('evictions_by').notNull(),
  evicted: integer('evicted').notNull(),
  /** Lines of the owner that left without a fill in their place. */
  invalidated: integer('invalidated').notNull(),
  writeBacks: integer('write_backs').notNull(),
  /** Misses for which no way could be taken. */
  refused: integer('refused').notNull(),
  /** Lines that came in from inner caches. */
  received: integer('received').notNull(),
  /** Lines that became the owner's by a store, minus those that became another's. */
  transferred: integer('transferred').notNull(),
  /** Lines held at the end of the interval. */
  occupancy: integer('occupancy').notNull(),
});

/** Lines of `victim` that fills of `evictor` replaced. */
export const evictionFlow = sqliteTable('eviction_flow', {
  ...{ side, timeNs, machine },
  cache: integer('cache').notNull(),
  evictor: integer('evictor').notNull(),
  victim: integer('victim').notNull(),
  lines: integer('lines').notNull(),
});

/** Misses of `requester` by what became of the line before: 0 never there, 1 refused, 2 moved, else the owner who evicted it. */
export const missCause = sqliteTable('miss_cause', {
  ...{ side, timeNs, machine },
  cache: integer('cache').notNull(),
  requester: integer('requester').notNull(),
  cause: integer('cause').notNull(),
  misses: integer('misses').notNull(),
});

/** Lines that memory read and wrote, by who is billed. */
export const memorySample = sqliteTable('memory_sample', {
  ...{ side, timeNs, machine },
  owner: integer('owner').notNull(),
  reads: integer('reads').notNull(),
  writes: integer('writes').notNull(),
  fetches: integer('fetches').notNull(),
  writeBacks: integer('write_backs').notNull(),
});

/** What a thread executed, in its guest (world 1) or on the host (0). Steps: see table `memory_step`. */
export const executorSample = sqliteTable('executor_sample', {
  ...{ side, timeNs, machine },
  thread: integer('thread').notNull(),
  world: integer('world').notNull(),
  instructions: integer('instructions').notNull(),
  reads: integer('reads').notNull(),
  writes: integer('writes').notNull(),
  fetches: integer('fetches').notNull(),
  computePs: integer('compute_ps').notNull(),
  /** On a PE with nothing to do: a service without requests. */
  idlePs: integer('idle_ps').notNull(),
  /** Waiting, by the step that served. */
  stallPs0: integer('stall_ps_0').notNull(),
  stallPs1: integer('stall_ps_1').notNull(),
  stallPs2: integer('stall_ps_2').notNull(),
  stallPs3: integer('stall_ps_3').notNull(),
  stallPs4: integer('stall_ps_4').notNull(),
  stallPs5: integer('stall_ps_5').notNull(),
  stallPs6: integer('stall_ps_6').notNull(),
  stallPs7: integer('stall_ps_7').notNull(),
  /** Accesses, by the step that served. */
  served0: integer('served_0').notNull(),
  served1: integer('served_1').notNull(),
  served2: integer('served_2').notNull(),
  served3: integer('served_3').notNull(),
  served4: integer('served_4').notNull(),
  served5: integer('served_5').notNull(),
  served6: integer('served_6').notNull(),
  served7: integer('served_7').notNull(),
});

/** Requests of a VM's service. */
export const requestSample = sqliteTable('request_sample', {
  ...{ side, timeNs, machine },
  vm: integer('vm').notNull(),
  /** That finished in the interval. */
  requests: integer('requests').notNull(),
  /** That arrived in the interval. */
  arrived: integer('arrived').notNull(),
  /** That have arrived, in this interval or before, and not finished by its end. */
  waiting: integer('waiting').notNull(),
  /** How long those that finished took; NULL where none did. */
  meanNs: real('mean_ns'),
  p50Ns: integer('p50_ns'),
  p90Ns: integer('p90_ns'),
  p99Ns: integer('p99_ns'),
  p999Ns: integer('p999_ns'),
  maxNs: integer('max_ns'),
});
