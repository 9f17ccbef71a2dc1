/** Monitors, errors and interrupts of MSCs, as the views and named queries tell them; and latencies around a change. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runQuery } from '../../src/analysis/run-query.ts';
import { PartidSpace } from '../../src/arch/label.ts';
import { MSC_ERRORS, MscErrorCode } from '../../src/arch/msc/error-codes.ts';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import {
  EventKind,
  InterruptCode,
  InterruptLevel,
  MonitorEventCode,
  MonitorKind,
  packMscSelector,
  World,
} from '../../src/loop/event-row.ts';
import { CommandCode } from '../../src/run/codes.ts';
import type { SampleRow } from '../../src/run/samples.ts';
import { NO_SUMMARY, storeRun, temporaryFolder } from '../support/run-files.ts';
import { rowsOf, type SyntheticEvent, syntheticHeader } from '../support/synthetic-events.ts';

const MS = 1_000_000;
/** MSC 2 of the synthetic header is that of `mem-0` on machine `before`. */
const MEMORY = 2;
const selector = (partid: number, ris: number): number =>
  packMscSelector({ partid, space: PartidSpace.nonSecure, ris, internal: false });

function event(
  seq: number,
  kind: number,
  code: number,
  causeSeq: number,
  words: readonly [number, number, number, number, number],
  timeNs = seq * 10,
): SyntheticEvent {
  return { seq, timeNs, kind, el: 0, world: World.host, code, pe: MEMORY, causeSeq, words };
}

const EVENTS = [
  event(1, EventKind.command, CommandCode.move, 0, [1, 0, 0, 0, 0]),
  event(2, EventKind.mscRegisterChange, MscRegister.MSMON_CAPT_EVNT, 1, [selector(0, 0), 0, 0, 1, 0]),
  event(3, EventKind.monitor, MonitorEventCode.capture, 2, [selector(4, 1), MonitorKind.mbwuLong, -1, 0x7fffffff, 6]),
  event(4, EventKind.monitor, MonitorEventCode.overflow, 0, [selector(4, 1), MonitorKind.mbwu, 12, 0, 0]),
  event(5, EventKind.interrupt, InterruptCode.overflowMsi, 4, [
    ...[selector(0, 0), InterruptLevel.edge, 0x1000, 0xf, 0xbeef],
  ] as unknown as SyntheticEvent['words']),
  event(6, EventKind.monitor, MonitorEventCode.notReady, 2, [selector(5, 0), MonitorKind.csu, 64, 1 << 31, 0]),
  event(7, EventKind.mscError, MscErrorCode.Req_PARTID_Range, 0, [selector(999, 0), 3, 0, 0, 0]),
  event(8, EventKind.interrupt, InterruptCode.errorWired, 7, [selector(0, 0), InterruptLevel.high, 0, 0, 0]),
  event(9, EventKind.mscError, MscErrorCode.RIS_No_Monitor, 1, [selector(9, 15), 0, 1, 0, 0]),
];

describe('monitors, errors and interrupts', () => {
  let file: string;
  const ask = (query: string, params = {}): unknown[] => [...runQuery(file, query, { params }).rows];

  beforeAll(async () => {
    file = (await storeRun(EVENTS)).path;
  });

  it('are told in words, with their causes', () => {
    const place = ['before', 'mem-0'];
    expect(ask('monitor-events')).toEqual([
      [3, 30, ...place, 1, 'Non-secure', 'mbwu_long', 4, 'capture', 2n ** 63n - 1n, 'no', 6, 'msc_register_change', 2],
      [4, 40, ...place, 1, 'Non-secure', 'mbwu', 4, 'overflow', 12, 'no', null, null, null],
      [6, 60, ...place, 0, 'Non-secure', 'csu', 5, 'not_ready', 64, 'yes', null, 'msc_register_change', 2],
    ]);
    expect(ask('monitor-events', { instance: 5, msc: 'mem-0', machine: 'before' })).toHaveLength(1);
  });

  it('are told with what the error captures, and nothing else', () => {
    const place = ['before', 'mem-0', 'Non-secure'];
    expect(ask('msc-errors')).toEqual([
      [7, 70, ...place, 2, 'Req_PARTID_Range', 999, 3, null, null, 'no', null, null],
      [9, 90, ...place, 11, 'RIS_No_Monitor', null, null, 9, 15, 'yes', 'move', 1],
    ]);
    expect(ask('msc-errors', { partid: 999 })).toHaveLength(1);
  });

  it('are told with address and data of messages', () => {
    const place = ['before', 'mem-0', 'Non-secure'];
    expect(ask('interrupts')).toEqual([
      [5, 50, ...place, 'overflow_msi', 'edge', '0xf00001000', '0x0000beef', 'monitor_event', 4],
      [8, 80, ...place, 'error_wired', 'high', null, null, 'msc_error', 7],
    ]);
  });

  it.each(['msc_register_change_v', 'monitor_event_v', 'msc_error_v', 'interrupt_v'])(
    'have causes that %s finds without reading all events',
    (view) => {
      const steps = ask(`EXPLAIN QUERY PLAN SELECT cause FROM ${view}`).map((row) => String((row as unknown[])[3]));
      expect(steps.filter((step) => step.startsWith('SCAN'))).toHaveLength(1);
    },
  );
});

describe('the view of errors', () => {
  it('takes the PARTID, PMG and RIS that MPAMF_ESR captures of each code', async () => {
    const events = MSC_ERRORS.map((_, code) => {
      return event(code + 1, EventKind.mscError, code, 0, [selector(7, 3), 5, 0, 0, 0]);
    });
    const { path } = await storeRun(events);
    const rows = [...runQuery(path, 'SELECT error, partid, instance, pmg, ris FROM msc_error_v WHERE code > 0').rows];
    expect(rows).toEqual(
      MSC_ERRORS.slice(1).map(({ name, partidMon, capturesPmg, capturesRis }) => {
        const ids = partidMon === 'MON_SEL' ? [null, 7] : [7, null];
        return [name, ...ids, capturesPmg ? 5 : null, capturesRis ? 3 : null];
      }),
    );
  });
});

describe('tail latency', () => {
  it('can be asked before, during and after a limit', async () => {
    const limit = (seq: number, ms: number, value: number) =>
      event(
        seq,
        EventKind.mscRegisterChange,
        MscRegister.MPAMCFG_MBW_MAX,
        0,
        [selector(5, 0), 0, 0, value, 0],
        ms * MS,
      );
    const latency = (ms: number, p99Ns: number): SampleRow => ({
      ...{ kind: 'requestSample', timeNs: ms * MS, machine: 0, vm: 0, requests: 10, arrived: 10, waiting: 0 },
      ...{ meanNs: p99Ns / 2, p50Ns: 1, p90Ns: 2, p99Ns, p999Ns: p99Ns, maxNs: p99Ns },
    });
    const store = createRunStore(join(temporaryFolder(), 'run.db'), syntheticHeader(), { thread: false });
    const events = [limit(1, 2, 0x80001000 | 0), limit(2, 4, 0xfc00)];
    const side = [
      [1, 900],
      [2, 1000],
      [3, 300],
      [4, 200],
      [5, 800],
    ].map(([ms, p99]) => latency(ms!, p99!));
    store.append({ firstSeq: 1, count: 2, timeHigh: 0, rows: rowsOf(events), side });
    const { path } = await store.finish('completed', NO_SUMMARY);
    // As docs/queries.md has it.
    const sql = `
      WITH change AS (SELECT DISTINCT time_ns FROM msc_register_change_v WHERE register = 'MPAMCFG_MBW_MAX' AND time_ns > 0)
      SELECT (SELECT max(time_ns) FROM change c WHERE c.time_ns < r.time_ns) AS since_ns, sum(requests) AS requests,
        round(sum(requests * mean_ns) / sum(requests)) AS mean_ns, max(p99_ns) AS worst_p99_ns
      FROM request_sample_v r GROUP BY machine_id, vm, since_ns ORDER BY since_ns`;
    expect([...runQuery(path, sql).rows]).toEqual([
      [null, 20, 475, 1000],
      [2 * MS, 20, 125, 300],
      [4 * MS, 10, 400, 800],
    ]);
  });
});
