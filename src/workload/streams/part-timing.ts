/**
 * What computing and waiting cost a part, as the tables of its stream record.
 *
 * The loosely timed model of design section 7: instructions take their base CPI, and an access that waits adds the latency
 * of the level that serves it, shared out over the accesses that are under way at the same time. Accesses that depend on
 * each other (pointer chase) pay it whole.
 */
import { STEPS } from '../../loop/assembly/layout.ts';

const PS_PER_MICROSECOND = 1_000_000;
/** Limits of the words that hold them. */
const COMPUTE_MAX = 2 ** 24;
const STALL_MAX = 2 ** 32 - 1;

/** What a machine's PEs and caches make of a workload. */
export interface MachineTiming {
  readonly frequencyMhz: number;
  /** Latency by the step that serves, ps: STEPS entries, steps without a cache 0. */
  readonly latenciesPs: readonly number[];
}

/** The parts of a PartSpec that time depends on; both in 1/256. */
export interface PartPace {
  /** 1 or more. */
  readonly baseCpi: number;
  /** 1 or more. */
  readonly parallelism: number;
}

export interface PartTiming {
  /** ps per 256 instructions. */
  readonly compute: number;
  /** ps by step, for accesses that overlap and for those that do not. */
  readonly stalls: readonly number[];
  readonly serialStalls: readonly number[];
}

/** Requests that it may have under way in memory's channels: the nearest whole number, halves up (docs/bandwidth.md). */
export const requestWindow = ({ parallelism }: PartPace): number => Math.floor((parallelism + 128) / 256);

/** @throws Error for figures that do not fit the stream record: a PE of 1 GHz may have a base CPI of 65, at 100 MHz 6.5. */
export function partTiming(pace: PartPace, machine: MachineTiming): PartTiming {
  const compute = Math.round((pace.baseCpi * PS_PER_MICROSECOND) / machine.frequencyMhz);
  const stalls = machine.latenciesPs.map((latency) => Math.floor((latency * 256) / pace.parallelism));
  if (stalls.length !== STEPS) throw new Error(`latencies of ${stalls.length} steps, expected ${STEPS}`);
  if (!(compute <= COMPUTE_MAX)) throw new Error(`${compute} ps per 256 instructions, at most ${COMPUTE_MAX} fit`);
  if (!stalls.every((stall) => stall <= STALL_MAX)) throw new Error(`stalls of ${stalls} ps, at most ${STALL_MAX} fit`);
  return { compute, stalls, serialStalls: machine.latenciesPs };
}
