import { describe, expect, it } from 'vitest';
import { mscsOf, PLAIN_FRONT } from '../../src/memory/implied-mscs.ts';
import { cacheConfig, controlFeatures, machineConfig } from './machine-configs.ts';
import { cacheResource, channelResource, mscOf } from './msc-fixture.ts';

describe('the MSCs of a machine', () => {
  const controls = controlFeatures({ cpbmWd: 4 });
  const caches = [
    cacheConfig({ name: 'l1', sets: 4, ways: 4, outer: 1 }),
    cacheConfig({ name: 'l2', sets: 4, ways: 4, outer: 2, controls }),
    cacheConfig({ name: 'l3', sets: 4, ways: 4, controls }),
  ];

  it('are one for each cache with controls where nothing else is said, without anything that tells of itself', () => {
    const mscs = mscsOf(machineConfig(caches));
    expect(mscs.map(({ name, features, front }) => [name, features, front])).toEqual([
      ['l2', controls, PLAIN_FRONT],
      ['l3', controls, PLAIN_FRONT],
    ]);
    expect(mscs.map(({ resources }) => resources.map(({ ris, cache, channel }) => [ris, cache, channel]))).toEqual([
      [[0, 1, undefined]],
      [[0, 2, undefined]],
    ]);
    expect(mscs[0]!.resources[0]).toMatchObject({
      cacheControls: controls,
      monitors: { csu: undefined, mbwu: undefined },
    });
  });

  it('are those that the machine names, if it names any', () => {
    const mscs = [mscOf([channelResource()])];
    expect(mscsOf(machineConfig(caches, { mscs }))).toEqual(mscs);
    expect(mscsOf(machineConfig(caches, { mscs: [] }))).toEqual([]);
  });

  it('have what their version of the architecture allows: no CMIN and no second resource in v1.0 (A 1)', () => {
    const front = { ...PLAIN_FRONT, version: 'v1.0' } as const;
    const mscs = [mscOf([cacheResource(), channelResource({ ris: 1 })], { front })];
    const [msc] = mscsOf(machineConfig(caches, { mscs }));
    expect(msc!.resources.map(({ ris, cacheControls }) => [ris, cacheControls!.hasCmin])).toEqual([[0, false]]);
  });
});
