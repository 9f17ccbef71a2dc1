/**
 * The importer once more, for clarity alone: split('\n') and one regular expression per layout, as the formats are
 * described. It knows what the recordings in fixtures/ contain, and no damage.
 */
import type { Row } from './import-text.ts';

const LINE = /^ *(.*?)-(\d+) +(?:\( *([-\d]+)\) )?\[(\d+)\] (?:\S+ +)??(\d+)\.(\d+): (\w+): +(.*)$/;
const SWITCH =
  /^prev_comm=(.*) prev_pid=(\d+) prev_prio=\S+ prev_state=(\S+) ==> next_comm=(.*) next_pid=(\d+) next_prio=\S+$/;
const WAKEUP = /^comm=(.*) pid=(\d+) prio=\S+ target_cpu=(\d+)$/;
const MIGRATE = /^comm=(.*) pid=(\d+) prio=\S+ orig_cpu=(\d+) dest_cpu=(\d+)$/;
const WAKEUP_KINDS: Readonly<Record<string, string>> = {
  sched_waking: 'waking',
  sched_wakeup: 'wakeup',
  sched_wakeup_new: 'wakeupNew',
};

/** Rows of the sched events, times relative to the first event, without the stop rows. */
export function naiveRows(text: string): Row[] {
  const rows: Row[] = [];
  let originUs = -1;
  for (const line of text.split('\n')) {
    const fields = LINE.exec(line);
    if (line.startsWith('#') || fields === null) continue;
    const us = Number(fields[5]) * 1_000_000 + Number(fields[6]);
    if (originUs === -1) originUs = us;
    const row = naiveRow((us - originUs) * 1000, Number(fields[4]), fields[7], fields[8]);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

function naiveRow(timeNs: number, cpu: number, event: string, body: string): Row | undefined {
  const thread = (comm: string, tid: string): string => (tid === '0' ? 'swapper-0' : `${comm}-${tid}`);
  if (event === 'sched_switch') {
    const [, prev, prevTid, state, next, nextTid] = SWITCH.exec(body)!;
    return [timeNs, 'switch', cpu, thread(prev, prevTid), thread(next, nextTid), state];
  }
  if (event === 'sched_migrate_task') {
    const [, comm, tid, from, to] = MIGRATE.exec(body)!;
    return [timeNs, 'migrate', cpu, thread(comm, tid), Number(from), Number(to)];
  }
  const kind = WAKEUP_KINDS[event];
  if (kind === undefined) return undefined;
  const [, comm, tid, target] = WAKEUP.exec(body)!;
  return [timeNs, kind, cpu, thread(comm, tid), '', Number(target)];
}
