/** What the overview of a run says of its memory, its monitors and its MSCs: hand-made samples in, hand-made tables out. */
import { describe, expect, it } from 'vitest';
import { runOverview } from '../../src/analysis/run-overview.ts';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { EventKind, packMscSelector, World } from '../../src/loop/event-row.ts';
import type { SampleRow } from '../../src/run/samples.ts';
import { storeRun } from '../support/run-files.ts';
import type { SyntheticEvent } from '../support/synthetic-events.ts';
import { BANDWIDTH_SAMPLES, END_NS } from './bandwidth-samples.ts';
import { SAMPLES, storeSamples } from './cache-samples.ts';

describe('the overview of a run with memory bandwidth', () => {
  it('has bytes per second, their share and mean waits of each tenant, over all channels, labels and intervals', async () => {
    const { memoryTenants } = runOverview(await storeSamples([...SAMPLES, ...BANDWIDTH_SAMPLES]));
    expect(memoryTenants).toEqual({
      columns: ['machine', 'resource', 'tenant', 'bytes_per_second', 'share', 'queued_ns', 'throttled_ns'],
      rows: [
        // 11,100 lines of 64 bytes in 1.5 ms, of 12.8 GB/s; 60 us of queueing.
        ['before', 'mem-0', 'tenant-a', 473_600_000, 0.037, 5.405, 0],
        // 60,000 lines; 1 ms of queueing, 2.25 ms of throttling.
        ['before', 'mem-0', 'tenant-b', 2_560_000_000, 0.2, 16.667, 37.5],
      ],
    });
  });

  it('has what monitors showed at last beside what they stand for', async () => {
    const later: SampleRow = {
      ...{ kind: 'monitorSample', timeNs: END_NS, machine: 0, msc: 2, ris: 1, space: 1, instance: 4, monitor: 1 },
      ...{ value: 2000, nrdy: 0, exactBytes: 2048, tenantBytes: 1800 },
    };
    const { monitors } = runOverview(await storeSamples([...SAMPLES, ...BANDWIDTH_SAMPLES, later]));
    expect(monitors).toEqual({
      columns: ['machine', 'resource', 'monitor', 'instance', 'value', 'nrdy', 'exact_bytes', 'tenant_bytes'],
      rows: [
        ['before', 'l3-0', 'csu', 0, 0, 1, 64, null],
        ['before', 'mem-0.1', 'mbwu', 4, 2000, 0, 2048, 1800],
      ],
    });
  });

  it('has nothing of memory and monitors in a run that has no samples of them', async () => {
    const { memoryTenants, monitors } = runOverview(await storeSamples(SAMPLES));
    expect([memoryTenants.rows, monitors.rows]).toEqual([[], []]);
  });
});

it('the overview counts changes of MSC registers by machine, whichever MSC they are in', async () => {
  const { MPAMCFG_CMAX: CMAX, MPAMCFG_MBW_MAX: MBW_MAX } = MscRegister;
  // MSCs 0 and 2 are of machine `before`, 1 and 3 of `after`.
  const changes = [
    ...[0, 0].map((msc) => [msc, CMAX]),
    ...[2, 2, 2].map((msc) => [msc, MBW_MAX]),
    ...[1, 3].map((msc) => [msc, MBW_MAX]),
  ] as [number, number][];
  const events = changes.map(
    ([msc, code], at): SyntheticEvent => ({
      ...{
        seq: at + 1,
        timeNs: at,
        kind: EventKind.mscRegisterChange,
        el: 0,
        world: World.host,
        code,
        pe: msc,
        causeSeq: 0,
      },
      words: [packMscSelector({ partid: 1, space: 1, ris: 0, internal: false }), 0, at, at + 1, 0],
    }),
  );
  const [first, second] = runOverview((await storeRun(events)).path).machines.rows.map(([machine]) => machine);
  expect(runOverview((await storeRun(events)).path).mscRegisterChanges.rows).toEqual([
    [first, 'MPAMCFG_MBW_MAX', 3],
    [first, 'MPAMCFG_CMAX', 2],
    [second, 'MPAMCFG_MBW_MAX', 2],
  ]);
});
