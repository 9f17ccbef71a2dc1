/** What a run may be without, so that a named query about it has no rows; and what a reader can do about that. */
import type Database from 'better-sqlite3';

/** A table that is empty in runs without the part, and the words for it. */
const RUN_PARTS = {
  caches: { table: 'cache', note: 'this run has no caches: give its machine a topology' },
  services: { table: 'request_sample', note: 'no VM of this run has a service: give its workload a service' },
  bandwidth: {
    table: 'channel',
    note: 'memory is never busy in this run: give topology.memory of its machine a bandwidth',
  },
  mscs: {
    table: 'msc',
    note: 'this run has no MSCs: give a cache or the memory of its topology controls or monitors',
  },
  monitors: {
    table: 'monitor_sample',
    note: 'this run watches no monitors: give a cache or the memory of its topology monitors, and list some under monitors',
  },
  commands: { table: 'bus_command', note: 'this run was not driven from outside: see mpamlab bus' },
} as const;

export type RunPart = keyof typeof RUN_PARTS;

/** What to say of a run without the part; undefined if it has it. */
export function noteIfWithout(database: Database.Database, part: RunPart): string | undefined {
  const { table, note } = RUN_PARTS[part];
  const hasRows = database.prepare(`SELECT EXISTS (SELECT 1 FROM ${table})`).pluck().get() === 1;
  return hasRows ? undefined : note;
}
