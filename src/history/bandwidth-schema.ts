/**
 * The tables of a run file that only runs with memory bandwidth fill: what serves lines one after the other (channels:
 * docs/bandwidth.md), and what was measured of it. A sample covers one interval, as in cache-schema.ts. Times of requests are in ps.
 */
import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const side = integer('side').primaryKey();
const timeNs = integer('time_ns').notNull();
const machine = integer('machine').notNull();

/** The bandwidth model of a machine. No row: memory is never busy. */
export const memoryBandwidth = sqliteTable('memory_bandwidth', {
  machine: integer('machine').primaryKey(),
  /** `exact`, or `closed-form`: waits are charged from measured load. */
  mode: text('mode').notNull(),
  /** Samples are taken at multiples of it, and at the end of the run. */
  sampleIntervalNs: integer('sample_interval_ns').notNull(),
});

export const channel = sqliteTable(
  'channel',
  {
    machine,
    /** Number on its machine, as in the samples: memory sides of caches first. */
    id: integer('id').notNull(),
    name: text('name').notNull(),
    /** Name of its memory; NULL: it is the memory side of `cache`. */
    memory: text('memory'),
    cache: integer('cache'),
    bytesPerSecond: real('bytes_per_second').notNull(),
    /** How use is accounted for MBW_MIN and MBW_MAX: `fixed`, `moving` or `decaying`. */
    accountingWindow: text('accounting_window').notNull(),
    turnaroundPs: integer('turnaround_ps').notNull(),
    /** A partition that was passed over for so long is served next; 0: never. */
    starvationPs: integer('starvation_ps').notNull(),
    /** Length of a time slot of MBW_PBM. */
    portionPs: integer('portion_ps').notNull(),
    /** Most credit under MBW_PROP. */
    offsetLimit: real('offset_limit').notNull(),
  },
  (table) => [primaryKey({ columns: [table.machine, table.id] })],
);

/**
 * Of a thread's stalls on memory: queueing in channels, throttling by its own limit, and waiting for room in the write buffer.
 * Only where there was any; booked when a wait is over, so that an interval may show more than it has.
 */
export const executorDelay = sqliteTable('executor_delay', {
  ...{ side, timeNs, machine },
  thread: integer('thread').notNull(),
  world: integer('world').notNull(),
  queuedPs: integer('queued_ps').notNull(),
  throttledPs: integer('throttled_ps').notNull(),
  writeBufferPs: integer('write_buffer_ps').notNull(),
});

/** What a channel served to one owner. */
export const channelSample = sqliteTable('channel_sample', {
  ...{ side, timeNs, machine },
  channel: integer('channel').notNull(),
  owner: integer('owner').notNull(),
  /** Lines. */
  reads: integer('reads').notNull(),
  writes: integer('writes').notNull(),
  /** Its lines in service, with turnarounds. */
  servicePs: integer('service_ps').notNull(),
  /** Its requests waited because their partition was held: by its hard limit, or for a portion of its own. */
  throttledPs: integer('throttled_ps').notNull(),
  /** Its requests waited while the channel served anybody. */
  queuedPs: integer('queued_ps').notNull(),
  /** Its requests that wait at the end of the interval. */
  waiting: integer('waiting').notNull(),
});

/** How long requests of `waiter` queued behind lines of `served`. */
export const channelDelay = sqliteTable('channel_delay', {
  ...{ side, timeNs, machine },
  channel: integer('channel').notNull(),
  waiter: integer('waiter').notNull(),
  served: integer('served').notNull(),
  queuedPs: integer('queued_ps').notNull(),
});
