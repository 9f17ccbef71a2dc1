/** A service whose requests all take the same time, on a vCPU that always runs: a queue with one server. */
import { execute, planOf, type SampleOf, samplesOf, sum } from './run-fixture.ts';

/** 10 accesses that hit the L1: each 400 instructions at 2 GHz and a CPI of 1, and 2 ns of the L1 shared out over two. */
const ACCESSES = 10;
export const ACCESS_NS = 200 + 1;
export const SERVICE_NS = ACCESSES * ACCESS_NS;

interface Choices {
  readonly untilNs: number;
  readonly interval: string;
  readonly vms?: object;
  readonly slice?: string;
}

/** A service on a vCPU alone on its PE, whose guest stays at EL0. */
export function serviceScenario(arrivals: object, { untilNs, interval, vms = {}, slice = '1ms' }: Choices): object {
  const topology = {
    ...{ frequency_mhz: 2000, sample_interval: interval },
    l1d: { size: '32KiB', ways: 8, latency_cycles: 4 },
  };
  return {
    ...{ until: `${untilNs}ns`, machine: { pes: 1, topology } },
    tenants: { t: { vms: { v: { workload: 'w' }, ...vms } } },
    workloads: {
      w: {
        ...{ data: { pattern: 'loop', size: '640B', writes: '0%' }, code: 'none', kernel: 'none' },
        ...{ instructions_per_access: 400, mlp: 2, service: { ...arrivals, accesses: ACCESSES } },
      },
    },
    guest_activity: { guest_run: '1000s', el0: '1000s', el1: '1ns' },
    schedule: { source: 'simulated', time_slice: slice },
  };
}

type RequestSample = SampleOf<'requestSample'>;
/** Of an interval in which requests finished: it has latencies. */
type Finished = { readonly [Member in keyof RequestSample]: NonNullable<RequestSample[Member]> };

export async function requestsOf(scenario: object): Promise<RequestSample[]> {
  return samplesOf(await execute(await planOf(scenario)), 'requestSample');
}

export const finishedIn = (rows: readonly RequestSample[]): Finished[] =>
  rows.filter((row): row is Finished => row.requests > 0);

/** Poisson arrivals at a load: how many requests finished, and their mean wait beside that of M/D/1 (T14), ns. */
export async function waitOfPoisson(load: number, choices: { readonly seed: number; readonly untilNs: number }) {
  const perSecond = Math.round((load * 1e9) / SERVICE_NS);
  const exactLoad = (perSecond * SERVICE_NS) / 1e9;
  const { seed, untilNs } = choices;
  const scenario = serviceScenario({ rate: `${perSecond}/s` }, { untilNs, interval: '100ms' });
  const rows = finishedIn(await requestsOf({ ...scenario, seed }));
  const requests = sum(rows.map((row) => row.requests));
  const waitNs = sum(rows.map((row) => row.requests * row.meanNs)) / requests - SERVICE_NS;
  return { requests, waitNs, closedFormNs: (exactLoad / (2 * (1 - exactLoad))) * SERVICE_NS };
}
