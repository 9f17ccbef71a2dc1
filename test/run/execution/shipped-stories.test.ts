/** What the shipped scenarios with caches say they show: asked of their run files as a user would. */
import { describe, expect, test } from 'vitest';
import { runQuery } from '../../../src/analysis/run-query.ts';
import { shippedPlan, store } from './run-fixture.ts';

async function runOf(name: string, ...overrides: string[]): Promise<(query: string) => number[]> {
  const { path } = await store(await shippedPlan(name, ...overrides));
  return (query) => [...runQuery(path, query).rows].map(([value]) => Number(value));
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

describe('noisy-neighbour', () => {
  test('before the masks the stream hurts the service and the loop, after them neither, and itself it loses nothing', async () => {
    const ask = await runOf('noisy-neighbour');
    const [before, after] = ['time_ns BETWEEN 10000001 AND 20000000', 'time_ns > 30000000'];
    const p99 = (when: string): number =>
      median(ask(`SELECT p99_ns FROM request_sample_v WHERE tenant = 'tenant-a' AND ${when}`));
    expect(p99(before)).toBeGreaterThan(2 * p99(after));
    const ipc = (tenant: string, when: string): number => {
      const cycles = 'sum(compute_cycles + stall_cycles)';
      return ask(
        `SELECT sum(instructions) / ${cycles} FROM executor_sample_v WHERE tenant = '${tenant}' AND ${when}`,
      )[0]!;
    };
    expect(ipc('tenant-a', after)).toBeGreaterThan(1.5 * ipc('tenant-a', before));
    expect(ipc('tenant-c', after)).toBeGreaterThan(1.2 * ipc('tenant-c', before));
    expect(ipc('tenant-b', after)).toBeGreaterThan(0.95 * ipc('tenant-b', before));
  });
});

describe('mislabelled-cache', () => {
  test('before the patch the kernel of tenant-a is billed to tenant-b and evicts its lines; after it neither', async () => {
    const ask = await runOf('mislabelled-cache');
    const billed = (machine: string): number =>
      ask(
        `SELECT coalesce(sum(fills), 0) FROM cache_total
         WHERE machine = '${machine}' AND level = 'L3' AND tenant = 'tenant-a' AND partid = 2`,
      )[0]!;
    const taken = (machine: string): number =>
      ask(
        `SELECT coalesce(sum(lines), 0) FROM eviction_flow_v WHERE machine = '${machine}' AND level = 'L3'
         AND evictor_tenant = 'tenant-a' AND victim_tenant = 'tenant-b'`,
      )[0]!;
    expect(billed('before')).toBeGreaterThan(100_000);
    expect(taken('before')).toBeGreaterThan(10_000);
    expect([billed('after'), taken('after')]).toEqual([0, 0]);
  });
});

describe('cached-kvm', () => {
  test('the table of tenant-a misses far less where the streams have two portions to themselves', async () => {
    const ask = await runOf('cached-kvm', 'until=120ms');
    const misses = (machine: string): number =>
      ask(
        `SELECT sum(misses) FROM cache_total WHERE machine = '${machine}' AND level = 'L3' AND tenant = 'tenant-a'`,
      )[0]!;
    expect(misses('shared')).toBeGreaterThan(5 * misses('partitioned'));
    const crossing = ask(
      `SELECT count(*) FROM eviction_flow_v WHERE machine = 'partitioned' AND level = 'L3'
       AND (evictor_partid = 2) <> (victim_partid = 2)`,
    );
    expect(crossing).toEqual([0]);
  }, 20_000);
});
