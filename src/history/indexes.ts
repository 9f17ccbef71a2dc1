/**
 * Secondary indexes: built once when a run ends, so that the append path stays a plain rowid append (design section 4).
 * `seq` is the rowid and so the last column of every index by itself.
 */
import { World } from '../loop/event-row.ts';
import { CommandCode } from '../run/codes.ts';
import { ScheduleKind } from '../schedule/schedule-batch.ts';

/** Name of the index, and what it is on. */
const INDEXES = {
  /** Registers at a time, timelines, churn. */
  register_change_by_register: 'register_change (pe, register, selector)',
  /** Time under a label: a covering index, read in groups. */
  schedule_event_in_guest: `schedule_event (thread, el, pe, label_d, label_i, lasted_ns, time_ns) WHERE world = ${World.guest}`,
  /** On-CPU time, from sched_switch. */
  schedule_event_switch: `schedule_event (pe, time_ns) WHERE kind = ${ScheduleKind.switch}`,
  /** World switches, from guest entries. */
  schedule_event_guest_entry: `schedule_event (pe, time_ns) WHERE kind = ${ScheduleKind.guestEntry}`,
  /** Which group a thread or a CPU was in at a time. */
  command_move: `command (arg0, time_ns) WHERE code = ${CommandCode.move}`,
  command_cpu_default: `command (pe, time_ns) WHERE code = ${CommandCode.cpuDefault}`,
} as const;

export const INDEX_NAMES: ReadonlySet<string> = new Set(Object.keys(INDEXES));

/** Building an index that is there already does nothing. */
export const INDEX_SQL: readonly string[] = Object.entries(INDEXES).map(
  ([name, on]) => `CREATE INDEX IF NOT EXISTS ${name} ON ${on}`,
);
