/**
 * The tables of a run file (design section 4), as Drizzle sees them.
 *
 * One run is one SQLite file. Event tables share the column `seq`: every event of the run has one number, in one of
 * the event tables. 64-bit register values are two unsigned 32-bit halves, so that plain SQL can work with them.
 * Migrations are generated from this file (`npm run migrations`) and then edited once, for STRICT, which the DSL cannot
 * say. Append-only triggers and views are custom migrations; secondary indexes are built when a run ends (indexes.ts).
 * No foreign keys on event tables: the append path would pay for each. What runs with caches have beside these tables is
 * in cache-schema.ts, msc-schema.ts and bandwidth-schema.ts.
 */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** The columns that every event has. `cause_seq` is the event that led to this one, NULL for none. */
const eventColumns = {
  seq: integer('seq').primaryKey(),
  /** Virtual time in ns since the start of the run; never decreases with seq. */
  timeNs: integer('time_ns').notNull(),
  pe: integer('pe').notNull(),
};
const contextColumns = {
  /** Where the PE was: see table `world`. */
  world: integer('world').notNull(),
  /** Exception level, 0 to 3. */
  el: integer('el').notNull(),
  causeSeq: integer('cause_seq'),
};
/** Five signed 32-bit words whose meaning depends on the code. */
const argumentColumns = {
  arg0: integer('arg0').notNull(),
  arg1: integer('arg1').notNull(),
  arg2: integer('arg2').notNull(),
  arg3: integer('arg3').notNull(),
  arg4: integer('arg4').notNull(),
};

/** A register got another value. A write that left it as it was is no change; those are counted in `counter`. */
export const registerChange = sqliteTable('register_change', {
  ...eventColumns,
  register: integer('register').notNull(),
  /** PARTID or monitor instance of an indexed MSC register; 0 for a PE's system register. */
  selector: integer('selector').notNull(),
  oldLo: integer('old_lo').notNull(),
  oldHi: integer('old_hi').notNull(),
  newLo: integer('new_lo').notNull(),
  newHi: integer('new_hi').notNull(),
  ...contextColumns,
});

/** A scheduling or KVM event. World, EL, `lasted_ns` and the labels tell about the interval that the event ends. */
export const scheduleEvent = sqliteTable('schedule_event', {
  ...eventColumns,
  kind: integer('kind').notNull(),
  /** The thread that was running, or the woken one; NULL for none. */
  thread: integer('thread'),
  /** By kind: next thread, target CPU, text of the exit reason, new EL. */
  argument: integer('argument').notNull(),
  /** Length of the interval in ns; 0 for events that end none (wake-ups, migrations). */
  lastedNs: integer('lasted_ns').notNull(),
  /** Packed labels in force, for data and for instruction fetches. Decoded in view `schedule_v`. */
  labelD: integer('label_d').notNull(),
  labelI: integer('label_i').notNull(),
  ...contextColumns,
});

/** A control-plane command: a task move, a CPU going offline. */
export const command = sqliteTable('command', {
  ...eventColumns,
  code: integer('code').notNull(),
  ...argumentColumns,
  ...contextColumns,
});

/** Run control: start, reset, end. */
export const runEvent = sqliteTable('run_event', {
  ...eventColumns,
  code: integer('code').notNull(),
  ...argumentColumns,
  ...contextColumns,
});

/**
 * An access to a register that trapped or was UNDEFINED, and any access of a guest's. arg1 is what became of it
 * (AccessOutcome in src/pe/access.ts): 0 if it was done. Only rows with another arg1 count as trapped accesses.
 */
export const registerTrap = sqliteTable('register_trap', {
  ...eventColumns,
  register: integer('register').notNull(),
  ...argumentColumns,
  ...contextColumns,
});

/**
 * One committed transaction of events. `hash` covers the header and everything up to `last_seq` and `last_side`; the
 * run's digest is the last one.
 */
export const batch = sqliteTable('batch', {
  id: integer('id').primaryKey(),
  firstSeq: integer('first_seq').notNull(),
  /** first_seq - 1 if the batch holds side rows only. */
  lastSeq: integer('last_seq').notNull(),
  /** Number of side rows (threads, texts, issues, counts, samples) stored up to the end of this batch. */
  lastSide: integer('last_side').notNull(),
  hash: text('hash').notNull(),
});

/** The run itself: one row. Columns up to `header_hash` never change; `seal` covers the others once the run has ended. */
export const run = sqliteTable('run', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  description: text('description').notNull(),
  scenarioFile: text('scenario_file').notNull(),
  /** The scenario as it was run, `--set` applied. */
  scenarioText: text('scenario_text').notNull(),
  seed: integer('seed').notNull(),
  engineVersion: text('engine_version').notNull(),
  /** Time of the run's 0 on the recording's clock. */
  timeOriginNs: integer('time_origin_ns').notNull(),
  /** Digest of the run that this one was forked from, and the seq where it left. */
  parentDigest: text('parent_digest'),
  parentSeq: integer('parent_seq'),
  headerHash: text('header_hash').notNull(),
  /** running, completed, interrupted or failed. */
  status: text('status').notNull(),
  /** Wall-clock times, ISO 8601; no part of the digest. */
  startedAt: text('started_at').notNull(),
  finishedAt: text('finished_at'),
  digest: text('digest'),
  summary: text('summary'),
  seal: text('seal'),
});

export const inputFile = sqliteTable('input_file', {
  path: text('path').primaryKey(),
  sha256: text('sha256').notNull(),
  bytes: integer('bytes').notNull(),
});

export const machine = sqliteTable('machine', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  kernel: text('kernel').notNull(),
  mode: text('mode').notNull(),
  /** What UNKNOWN register fields held after reset. */
  unknownReset: text('unknown_reset').notNull(),
  /** What the PEs implement, as JSON. */
  features: text('features').notNull(),
});

/** A processing element. `id` is global, `cpu` is Linux's number on its machine. */
export const pe = sqliteTable('pe', {
  id: integer('id').primaryKey(),
  machine: integer('machine').notNull(),
  cpu: integer('cpu').notNull(),
});

export const register = sqliteTable('register', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  /** op0, op1, CRn, CRm, op2. */
  encoding: text('encoding').notNull(),
});

export const registerField = sqliteTable(
  'register_field',
  {
    register: integer('register').notNull(),
    name: text('name').notNull(),
    lowBit: integer('low_bit').notNull(),
    width: integer('width').notNull(),
  },
  (table) => [primaryKey({ columns: [table.register, table.name] })],
);

export const controlGroup = sqliteTable('control_group', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  partidD: integer('partid_d').notNull(),
  partidI: integer('partid_i').notNull(),
  pmgD: integer('pmg_d').notNull(),
  pmgI: integer('pmg_i').notNull(),
});

export const tenant = sqliteTable('tenant', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  /** The group that the tenant's threads start in. */
  controlGroup: integer('control_group').notNull(),
});

export const vm = sqliteTable('vm', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  tenant: integer('tenant').notNull(),
});

const nameColumns = { id: integer('id').primaryKey(), name: text('name').notNull() };
export const world = sqliteTable('world', { ...nameColumns });
export const scheduleKind = sqliteTable('schedule_kind', { ...nameColumns });
export const commandCode = sqliteTable('command_code', { ...nameColumns });
export const runCode = sqliteTable('run_code', { ...nameColumns });

/** A thread as it was last known. `side` is the number of the side row that told it. */
const threadColumns = {
  tid: integer('tid').notNull(),
  tgid: integer('tgid'),
  comm: text('comm').notNull(),
  tenant: integer('tenant'),
  vm: integer('vm'),
  /** NULL for a thread that runs no guest. */
  vcpu: integer('vcpu'),
  /** The group whose label the thread starts with; moves are commands. */
  controlGroup: integer('control_group').notNull(),
};
export const thread = sqliteTable('thread', {
  id: integer('id').primaryKey(),
  ...threadColumns,
  side: integer('side').notNull(),
});

/** What was known of a thread before its name or process became known better. */
export const threadHistory = sqliteTable('thread_history', {
  side: integer('side').primaryKey(),
  id: integer('id').notNull(),
  ...threadColumns,
});

/** Short texts that events refer to: exit reasons, task states. */
export const eventText = sqliteTable('text', {
  id: integer('id').primaryKey(),
  text: text('text').notNull(),
  side: integer('side').notNull(),
});

/** A line of a recording that could not be used, or was used with a repair. `id` is the number of its side row. */
export const importIssue = sqliteTable('import_issue', {
  id: integer('id').primaryKey(),
  line: integer('line').notNull(),
  kind: text('kind').notNull(),
  text: text('text').notNull(),
});

/** How many lines of a recording were this event on this CPU. `id` is the number of its side row. */
export const importCount = sqliteTable('import_count', {
  id: integer('id').primaryKey(),
  event: text('event').notNull(),
  cpu: integer('cpu').notNull(),
  count: integer('count').notNull(),
});

/** Up to 64 lines of the client that drove the run from outside, of one time. `number` is that of the first, from 1. */
export const busCommand = sqliteTable('bus_command', {
  side: integer('side').primaryKey(),
  number: integer('number').notNull(),
  timeNs: integer('time_ns').notNull(),
  text: text('text').notNull(),
});

/** Totals that are not events, such as register writes that changed nothing. NULL machine or PE: the whole run. */
export const counter = sqliteTable('counter', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  machine: integer('machine'),
  pe: integer('pe'),
  value: integer('value').notNull(),
});
