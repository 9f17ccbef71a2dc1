/** The channels and memories of a machine as its topology comes to them, held to the arithmetic of docs/bandwidth.md. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelCount, memoryCount } from '../../src/machine/capacity.ts';
import { hierarchyOf } from '../../src/machine/hierarchy-of.ts';
import type { TopologyDraft } from '../../src/machine/topology-draft.ts';
import { topologyOf } from '../../src/machine/topology-of.ts';
import type { BandwidthConfig } from '../../src/memory/bandwidth-config.ts';
import type { HierarchyConfig } from '../../src/memory/hierarchy-config.ts';

const OPTIONS = { physicalLines: 1000, ownerCapacity: 64, seed: 7 };
/** Channels count time in 1/65536 ps. */
const PS = 65_536;

function hierarchy(draft: TopologyDraft, peCount: number): HierarchyConfig {
  const { topology, problems } = topologyOf(draft);
  expect(problems).toEqual([]);
  return hierarchyOf(topology, peCount, OPTIONS);
}

function bandwidth(draft: TopologyDraft, peCount: number): BandwidthConfig {
  const config = hierarchy(draft, peCount).bandwidth;
  if (config === undefined) throw new Error('memory has no bandwidth');
  return config;
}

describe('memory', () => {
  it('is never busy, and no MSC, unless the topology gives it a bandwidth', () => {
    const config = hierarchy({ l3: { sets: 8 } }, 2);
    expect([config.bandwidth, config.mscs]).toEqual([undefined, undefined]);
    const taken = hierarchy({ preset: 'reference', memory: { bandwidth: 'none' } }, 2);
    expect(taken.bandwidth).toBeUndefined();
    expect(taken.mscs?.map(({ name }) => name)).toEqual(['l3-0']);
  });

  it('has one channel, a fixed window and a starvation limit unless it is said otherwise', () => {
    expect(bandwidth({ l3: { sets: 8 }, memory: { bandwidth: 25.6e9 } }, 1)).toEqual({
      mode: 'exact',
      closedFormIntervalPs: 10_000_000,
      writeBufferLines: 32,
      channels: [
        {
          name: 'mem-0.0',
          lineTime: 2500 * PS, // 64 bytes at 25.6 GB/s
          turnaroundPs: 0,
          window: 'fixed',
          starvationPs: 20_000_000,
          portionPs: 16 * 2500,
          offsetLimit: 0,
        },
      ],
      memories: [{ name: 'mem-0', channels: [0], interleaveLines: 4 }],
      memoryOfCache: [0],
      channelOfCache: [undefined],
    });
  });

  it('is what the topology says', () => {
    const draft: TopologyDraft = {
      lineBytes: 128,
      l3: { sets: 8 },
      memory: {
        ...{ bandwidth: 32e9, channels: 4, interleave: 1024, mode: 'closed-form', closedFormInterval: 25_000 },
        ...{ turnaround: 7, window: 'decaying', starvationLimit: 0, portionTime: 100, offsetLimit: 9, writeBuffer: 0 },
      },
    };
    const config = bandwidth(draft, 1);
    expect(config).toMatchObject({ mode: 'closed-form', closedFormIntervalPs: 25_000_000, writeBufferLines: 0 });
    expect(config.memories).toEqual([{ name: 'mem-0', channels: [0, 1, 2, 3], interleaveLines: 8 }]);
    // 128 bytes at a quarter of 32 GB/s are 16 ns.
    const channel = { lineTime: 16_000 * PS, turnaroundPs: 7000, window: 'decaying', starvationPs: 0 };
    expect(config.channels).toMatchObject(new Array(4).fill({ ...channel, portionPs: 100_000, offsetLimit: 9 }));
  });

  it('takes line_bytes / bandwidth for a line, to 1/65536 ps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000_000, max: 2 ** 40 }),
        fc.integer({ min: 1, max: 16 }),
        (bytesPerSecond, channels) => {
          const config = bandwidth({ l3: { sets: 8 }, memory: { bandwidth: bytesPerSecond, channels } }, 1);
          // Rounded to the nearest, by exact arithmetic.
          const numerator = 64n * 10n ** 12n * 65_536n * BigInt(channels);
          const exact = (2n * numerator + BigInt(bytesPerSecond)) / (2n * BigInt(bytesPerSecond));
          expect(Math.abs(config.channels[0]!.lineTime - Number(exact))).toBeLessThanOrEqual(Number(exact) / 2 ** 50);
        },
      ),
    );
  });

  it('is one for each outermost cache where each domain has its own', () => {
    const draft: TopologyDraft = {
      l1d: { sets: 4 },
      l3: { sets: 8, pes: 2 },
      memory: { bandwidth: 1e9, per: 'domain', channels: 2 },
    };
    const config = bandwidth(draft, 5);
    expect(config.memories.map(({ name, channels }) => [name, channels])).toEqual([
      ['mem-0', [0, 1]],
      ['mem-1', [2, 3]],
      ['mem-2', [4, 5]],
    ]);
    expect(config.channels.map(({ name }) => name)).toEqual(
      ['mem-0.0', 'mem-0.1', 'mem-1.0', 'mem-1.1', 'mem-2.0', 'mem-2.1'], //
    );
    expect(config.memoryOfCache).toEqual([...new Array(5).fill(undefined), 0, 1, 2]);
  });

  it('serves L1I and L1D alike where there are no other caches', () => {
    const config = bandwidth({ l1i: { sets: 4 }, l1d: { sets: 4 }, memory: { bandwidth: 1e9 } }, 2);
    expect(config.memoryOfCache).toEqual([0, 0, 0, 0]);
  });
});

describe('the memory side of a cache', () => {
  const draft: TopologyDraft = {
    l2: { sets: 4 },
    l3: { sets: 8, pes: 2, domains: [{ memorySide: { bandwidth: 4e9, window: 'moving' } }, {}, { memorySide: {} }] },
    memory: { bandwidth: 8e9, channels: 2, window: 'decaying' },
  };

  it('is a channel before those of memory, with memory’s bandwidth if it has none of its own', () => {
    const config = bandwidth(draft, 6);
    expect(config.channels.map(({ name, lineTime, window }) => [name, lineTime / PS, window])).toEqual([
      ['l3-0', 16_000, 'moving'],
      ['l3-2', 8000, 'fixed'],
      ['mem-0.0', 16_000, 'decaying'],
      ['mem-0.1', 16_000, 'decaying'],
    ]);
    expect(config.channelOfCache).toEqual([...new Array(6).fill(undefined), 0, undefined, 1]);
    expect(config.memories[0]?.channels).toEqual([2, 3]);
  });

  it('is counted with the others', () => {
    const { topology } = topologyOf(draft);
    for (const peCount of [1, 3, 4, 6, 20]) {
      const config = hierarchyOf(topology, peCount, OPTIONS).bandwidth;
      expect(channelCount(topology, peCount)).toBe(config?.channels.length);
      expect(memoryCount(topology, peCount)).toBe(config?.memories.length);
    }
  });
});
