/** `mpamlab state` of a run with caches. */
import { beforeAll, describe, expect, it } from 'vitest';
import { runQuery } from '../../src/analysis/run-query.ts';
import { shippedPlan, store } from '../run/execution/run-fixture.ts';
import { mpamlab } from './mpamlab-process.ts';

let path: string;

beforeAll(async () => {
  path = (await store(await shippedPlan('noisy-neighbour'))).path;
});

describe('state of a run with caches', () => {
  it('has who held the last cache, as of the last sample', async () => {
    const { code, stdout } = await mpamlab('state', path, '--at', '2.9ms', '--json');
    expect(code).toBe(0);
    const { caches } = JSON.parse(stdout);
    expect(caches).toHaveLength(1);
    expect(caches[0]).toMatchObject({ cache: 'l3-0', outerCache: null, capacityLines: 32_768, sampledNs: 2_000_000 });
    const sql =
      "SELECT tenant, occupancy FROM cache_sample_v WHERE cache = 'l3-0' AND time_ns = 2000000 ORDER BY 2 DESC";
    const held = caches[0].holders.map(({ tenant, lines }: { tenant: string; lines: number }) => [tenant, lines]);
    expect(held).toEqual([...runQuery(path, sql).rows]);
    expect(held).toHaveLength(3);
  });

  it('ends with a table of it, but not where one PE is asked for', async () => {
    const { stdout } = await mpamlab('state', path);
    expect(stdout).toMatch(
      /\nLines in the last caches .*\n.*\nmachine +l3-0 +tenant-a +Non-secure +1\/0 .* 0\.040 s\n/,
    );
    expect((await mpamlab('state', path, '--cpu', '0')).stdout).not.toContain('l3-0');
  });
});
