/**
 * The bodies of sched_waking, sched_wakeup, sched_wakeup_new and sched_migrate_task lines:
 *
 *     comm=A pid=1 prio=120 [success=1] target_cpu=003                kernel (include/trace/events/sched.h)
 *     comm=A pid=1 prio=120 orig_cpu=1 dest_cpu=0                     kernel, sched_migrate_task
 *     A:1 [120] [success=1] CPU:003                                   trace-cmd (sched_switch plug-in), wakeups only
 */
import { ascii, decimal, SPACE, skipDigits, startsAt } from './bytes.ts';
import { colonBefore } from './sched-switch.ts';

const COMM = ascii('comm=');
const PID = ascii(' pid=');
const PRIO = ascii(' prio=');
const TARGET_CPU = ascii(' target_cpu=');
const ORIG_CPU = ascii(' orig_cpu=');
const DEST_CPU = ascii(' dest_cpu=');
const CPU = ascii(' CPU:');
const SUCCESS = ascii(' success=');

/** The fields of the body parsed last. Ranges are indexes into that line's bytes. */
export class SchedWakeup {
  commFrom = 0;
  commTo = 0;
  tid = 0;
  /** CPU whose run queue the thread goes to. It may be one that has no line of its own in the recording. */
  toCpu = 0;
  /** CPU whose run queue it leaves; of sched_migrate_task only. */
  fromCpu = 0;

  /** True if bytes[from..to) is the body of a wake-up; only then the fields are valid. */
  parseWakeup(bytes: Uint8Array, from: number, to: number): boolean {
    if (!startsAt(bytes, from, COMM)) return this.#parseColon(bytes, from, to);
    const rest = this.#parseTask(bytes, from + COMM.length, to);
    if (rest === -1) return false;
    this.toCpu = numberAfter(bytes, rest, to, TARGET_CPU);
    return this.toCpu !== -1;
  }

  /** True if bytes[from..to) is the body of sched_migrate_task; only then the fields are valid. */
  parseMigrate(bytes: Uint8Array, from: number, to: number): boolean {
    if (!startsAt(bytes, from, COMM)) return false;
    const rest = this.#parseTask(bytes, from + COMM.length, to);
    if (rest === -1) return false;
    this.fromCpu = numberAfter(bytes, rest, to, ORIG_CPU);
    this.toCpu = numberAfter(bytes, rest, to, DEST_CPU);
    return this.fromCpu !== -1 && this.toCpu !== -1;
  }

  /** `A pid=1 prio=`: a comm that contains ` pid=1` is not followed by ` prio=` there. Returns the end, or -1. */
  #parseTask(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      if (bytes[at] !== SPACE || !startsAt(bytes, at, PID)) continue;
      const tidFrom = at + PID.length;
      const tidTo = skipDigits(bytes, tidFrom);
      if (!startsAt(bytes, tidTo, PRIO)) continue;
      this.commFrom = from;
      this.commTo = at;
      this.tid = decimal(bytes, tidFrom, tidTo);
      return this.tid === -1 ? -1 : tidTo + PRIO.length;
    }
    return -1;
  }

  /** `A:1 [120] CPU:003` */
  #parseColon(bytes: Uint8Array, from: number, to: number): boolean {
    const cpuAt = lastWith(bytes, from, to, CPU);
    if (cpuAt === -1) return false;
    const successAt = lastWith(bytes, from, cpuAt, SUCCESS);
    const colon = colonBefore(bytes, from, successAt === -1 ? cpuAt : successAt);
    if (colon === -1) return false;
    this.commFrom = from;
    this.commTo = colon;
    this.tid = decimal(bytes, colon + 1, skipDigits(bytes, colon + 1));
    this.toCpu = numberAfter(bytes, cpuAt, to, CPU);
    return this.tid !== -1 && this.toCpu !== -1;
  }
}

/** The number after the first `key` at or after `from`, or -1. */
function numberAfter(bytes: Uint8Array, from: number, to: number, key: Uint8Array): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] !== SPACE || !startsAt(bytes, at, key)) continue;
    const start = at + key.length;
    return decimal(bytes, start, skipDigits(bytes, start));
  }
  return -1;
}

/** The last place in bytes[from..to) where `key` begins, or -1. */
function lastWith(bytes: Uint8Array, from: number, to: number, key: Uint8Array): number {
  for (let at = to - key.length; at >= from; at--) {
    if (bytes[at] === SPACE && startsAt(bytes, at, key)) return at;
  }
  return -1;
}
