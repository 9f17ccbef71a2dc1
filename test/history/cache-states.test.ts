/** Occupancy at any moment of a stored run, against the rows that the run told and the machine as it stood at the end. */
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { packLabel } from '../../src/arch/label.ts';
import { type CacheSnapshot, cacheStates } from '../../src/history/cache-states.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { headerOfPlan } from '../../src/history/header-of-plan.ts';
import { type OccupancyAt, openRun, type RunReader } from '../../src/history/run-reader.ts';
import { randomStream } from '../../src/loop/random-stream.ts';
import type { MemorySystem } from '../../src/memory/memory-system.ts';
import type { Engine } from '../../src/run/engine.ts';
import { runEvents } from '../../src/run/run-events.ts';
import type { SampleRow } from '../../src/run/samples.ts';
import { shippedPlan } from '../run/execution/run-fixture.ts';
import { NO_SUMMARY, temporaryFolder } from '../support/run-files.ts';

const INTERVAL_NS = 1_000_000;

let reader: RunReader;
let memory: MemorySystem;
const samples: SampleRow[] = [];

beforeAll(async () => {
  const plan = await shippedPlan('noisy-neighbour');
  const store = createRunStore(join(temporaryFolder(), 'run.db'), headerOfPlan(plan), { thread: false });
  let engine: Engine | undefined;
  const onEngine = (made: Engine): void => {
    engine = made;
  };
  const events$ = runEvents(plan, { onEngine }).pipe(
    tap((batch) => {
      store.append(batch);
      samples.push(...(batch.side as readonly SampleRow[]));
    }),
  );
  await lastValueFrom(events$);
  memory = engine!.drivers[0]!.execution!.memory;
  reader = openRun((await store.finish('completed', NO_SUMMARY)).path);
  return () => reader.close();
}, 30_000);

const byCacheAndOwner = (a: OccupancyAt, b: OccupancyAt): number => a.cache - b.cache || a.owner - b.owner;

/** The last sample of every owner in every cache up to a time. */
function fold(untilNs: number): OccupancyAt[] {
  const last = new Map<string, OccupancyAt>();
  const owners = new Map(samples.flatMap((row) => (row.kind === 'owner' ? [[row.owner, row] as const] : [])));
  for (const row of samples) {
    if (row.kind !== 'cacheSample' || row.timeNs > untilNs) continue;
    const { machine, cache, owner, occupancy: lines, timeNs } = row;
    const { label, tenant } = owners.get(owner)!;
    last.set(`${cache} ${owner}`, {
      ...{ machine, cache, owner, label, tenant: tenant === -1 ? null : tenant, lines, timeNs },
    });
  }
  return [...last.values()].sort(byCacheAndOwner);
}

const l3At = (timeNs: number): CacheSnapshot =>
  cacheStates(reader.header, reader.occupancyAt({ timeNs })).find(({ level }) => level === 'L3')!;

describe('the occupancy of a stored run', () => {
  it('equals the last samples at 100 random times, and at the ends of intervals', () => {
    const random = randomStream(5, 'moments');
    const times = Array.from({ length: 100 }, () => random.below(42 * INTERVAL_NS));
    const ends = [0, INTERVAL_NS - 1, INTERVAL_NS, 20 * INTERVAL_NS, 40 * INTERVAL_NS];
    for (const timeNs of [...times, ...ends]) {
      expect(reader.occupancyAt({ timeNs }), `at ${timeNs} ns`).toEqual(fold(timeNs));
    }
  });

  it('after an event is that of the last sample up to the time of the event', () => {
    for (const timeNs of [5_500_000, 20 * INTERVAL_NS, 39_999_999]) {
      const seq = reader.seqAt(timeNs);
      expect(reader.occupancyAt({ seq })).toEqual(reader.occupancyAt({ timeNs }));
    }
    expect(reader.occupancyAt({ seq: 0 })).toEqual([]);
  });

  it('at the end is that of the live machine', () => {
    const found = reader.occupancyAt({ seq: reader.lastSeq });
    expect(found.length).toBeGreaterThan(10);
    for (const { cache, owner, lines } of found) expect(lines).toBe(memory.counters(cache, owner).occupancy);
  });
});

describe('the state of a cache', () => {
  it('says whose lines it holds, those with the most first, and as of which sample', () => {
    const { cache, level, outerCache, capacityLines, sampledNs, holders } = l3At(20_500_000);
    // 2 MiB of lines of 64 bytes.
    expect([cache, level, outerCache, capacityLines, sampledNs]).toEqual(['l3-0', 'L3', null, 32_768, 20_000_000]);
    const expected = fold(20 * INTERVAL_NS).filter((row) => reader.header.caches[row.cache]!.name === 'l3-0');
    expected.sort((a, b) => b.lines - a.lines);
    const names = ['tenant-a', 'tenant-b', 'tenant-c'];
    expect(holders.map(({ tenant, lines }) => [tenant, lines])).toEqual(
      expected.map(({ tenant, lines }) => [names[tenant!], lines]),
    );
    // After 20 ms of a stream it is full.
    expect(holders.reduce((sum, { lines }) => sum + lines, 0)).toBe(capacityLines);
    expect(holders[0]).toMatchObject({
      tenant: 'tenant-b',
      partidSpace: 'Non-secure',
      partid: 2,
      pmg: 0,
      error: false,
    });
    for (const { bytes, lines } of holders) expect(bytes).toBe(64 * lines);
  });

  it('of before the first sample is not known', () => {
    expect(l3At(INTERVAL_NS - 1)).toMatchObject({ sampledNs: null, holders: [] });
  });

  it('leaves out who holds nothing any more, and names nobody null', () => {
    const row = { machine: 0, cache: 0, timeNs: 5, label: packLabel(3, 9, 1, true) } as const;
    const [l1i] = cacheStates(reader.header, [
      { ...row, owner: 3, tenant: 0, lines: 0 },
      { ...row, owner: 4, tenant: null, lines: 2 },
    ]);
    expect(l1i).toMatchObject({ outerCache: 'l2-0', sampledNs: 5 });
    expect(l1i!.holders).toEqual([
      { tenant: null, partidSpace: 'Realm', partid: 9, pmg: 1, error: true, lines: 2, bytes: 128 },
    ]);
  });
});
