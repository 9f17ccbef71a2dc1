/**
 * The tables of a run file about memory system components (MSCs): what they are, what happened to their registers, monitors
 * and interrupts, and what their monitors showed. Filled by runs with caches only.
 */
import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** A memory system component with settings or monitors. `id` is global, numbered through all machines. */
export const msc = sqliteTable('msc', {
  id: integer('id').primaryKey(),
  machine: integer('machine').notNull(),
  /** As its cache, as the level of several caches, or as the memory that it stands before. */
  name: text('name').notNull(),
  /** Its cache, by number on the machine; NULL: it is memory's. */
  cache: integer('cache'),
  /** What it implements, as JSON; what its resources do, in `msc_resource`. Before there was such a table: of its cache. */
  features: text('features').notNull(),
});

/** A resource instance (RIS) of an MSC: a cache, a channel, or both at once. */
export const mscResource = sqliteTable(
  'msc_resource',
  {
    msc: integer('msc').notNull(),
    ris: integer('ris').notNull(),
    /** Numbers on the machine. */
    cache: integer('cache'),
    channel: integer('channel'),
    /** Its controls and monitors, as JSON. */
    features: text('features').notNull(),
  },
  (table) => [primaryKey({ columns: [table.msc, table.ris] })],
);

const nameColumns = { id: integer('id').primaryKey(), name: text('name').notNull() };
export const mscRegister = sqliteTable('msc_register', { ...nameColumns });
export const monitorEventCode = sqliteTable('monitor_event_code', { ...nameColumns });
export const monitorKind = sqliteTable('monitor_kind', { ...nameColumns });
export const mscErrorCode = sqliteTable('msc_error_code', { ...nameColumns });
export const interruptCode = sqliteTable('interrupt_code', { ...nameColumns });
export const interruptLevel = sqliteTable('interrupt_level', { ...nameColumns });

/** The columns that every event has (schema.ts); the unit is an MSC. */
const eventColumns = {
  seq: integer('seq').primaryKey(),
  timeNs: integer('time_ns').notNull(),
  msc: integer('msc').notNull(),
};
/** An MSC has no world and no EL: both are 0. */
const contextColumns = {
  world: integer('world').notNull(),
  el: integer('el').notNull(),
  causeSeq: integer('cause_seq'),
};

/** A register of an MSC got another value. 32-bit registers; one of 64 bits is two, and a portion map one per 32 portions. */
export const mscRegisterChange = sqliteTable('msc_register_change', {
  ...eventColumns,
  register: integer('register').notNull(),
  /** Whose setting it is, for registers of monitors the instance; and in which PARTID space: 0 Secure, 1 Non-secure, 2 Root, 3 Realm. */
  partid: integer('partid').notNull(),
  space: integer('space').notNull(),
  ris: integer('ris').notNull(),
  /** 1: `partid` is an internal PARTID, of an MSC that narrows PARTIDs. */
  internal: integer('internal').notNull(),
  /** n of MPAMCFG_CPBM<n> and the like; 1 for the upper half of a 64-bit register; else 0. */
  word: integer('word').notNull(),
  oldValue: integer('old_value').notNull(),
  newValue: integer('new_value').notNull(),
  ...contextColumns,
});

/** A monitor was captured, overflowed, or became ready or not. */
export const monitorEvent = sqliteTable('monitor_event', {
  ...eventColumns,
  /** See table `monitor_event_code`. */
  code: integer('code').notNull(),
  instance: integer('instance').notNull(),
  space: integer('space').notNull(),
  ris: integer('ris').notNull(),
  /** See table `monitor_kind`. */
  monitor: integer('monitor').notNull(),
  /** The value without NRDY, 63 bits. */
  valueLo: integer('value_lo').notNull(),
  valueHi: integer('value_hi').notNull(),
  nrdy: integer('nrdy').notNull(),
  /** The event that captured, 1 to 7; 0: none did. */
  captureEvent: integer('capture_event').notNull(),
  ...contextColumns,
});

/** An MSC found an error, and told it in MPAMF_ESR. */
export const mscError = sqliteTable('msc_error', {
  ...eventColumns,
  /** See table `msc_error_code`. */
  code: integer('code').notNull(),
  /** ESR.PARTID_MON: a PARTID, or for errors of monitors an instance. */
  partidOrInstance: integer('partid_or_instance').notNull(),
  space: integer('space').notNull(),
  ris: integer('ris').notNull(),
  pmg: integer('pmg').notNull(),
  /** 1: an error that was not cleared before was there. */
  overwrote: integer('overwrote').notNull(),
  ...contextColumns,
});

/** An MSC interrupted: a wire changed its level or pulsed, or a message was sent. */
export const interruptEvent = sqliteTable('interrupt_event', {
  ...eventColumns,
  /** See tables `interrupt_code` and `interrupt_level`. */
  code: integer('code').notNull(),
  space: integer('space').notNull(),
  level: integer('level').notNull(),
  /** Of a message: where it was written, and what. */
  addressLo: integer('address_lo').notNull(),
  addressHi: integer('address_hi').notNull(),
  data: integer('data').notNull(),
  ...contextColumns,
});

/** What a monitor showed at the end of an interval, beside what it stands for. Only of monitors that the scenario watches. */
export const monitorSample = sqliteTable('monitor_sample', {
  side: integer('side').primaryKey(),
  timeNs: integer('time_ns').notNull(),
  machine: integer('machine').notNull(),
  msc: integer('msc').notNull(),
  ris: integer('ris').notNull(),
  space: integer('space').notNull(),
  instance: integer('instance').notNull(),
  monitor: integer('monitor').notNull(),
  /** Bytes, as the register says; exact to 2^53. */
  value: real('value').notNull(),
  nrdy: integer('nrdy').notNull(),
  /** Bytes that match the filter by the labels in the MSC. */
  exactBytes: integer('exact_bytes').notNull(),
  /** Bytes of the tenants whose group the filter is meant for; NULL: the filter names no group. */
  tenantBytes: integer('tenant_bytes'),
});
