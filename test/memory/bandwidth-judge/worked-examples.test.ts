/** Small examples of docs/bandwidth.md, computed by hand: the judge must get them right, and so must the channels. */
import { describe, expect, it } from 'vitest';
import { FIRST_OWNER } from '../../../src/loop/assembly/layout.ts';
import { NaiveTraffic } from './naive-traffic.ts';
import {
  type ChannelOptions,
  type Demand,
  OneChannel,
  oneChannelMemory,
  type PartitionOptions,
} from './one-channel.ts';
import { openLoop } from './open-loop.ts';

const END = 1e9;

/** Three requests of one partition at a time. */
const three = (arrivalPs: number): Demand[] => Array<Demand>(3).fill({ partition: 0, arrivalPs });

describe.each([
  ['the judge', (config) => new NaiveTraffic(config)],
  ['the channels', openLoop],
] as const satisfies readonly [string, typeof openLoop][])('%s', (_, create) => {
  const one = (options: ChannelOptions, partitions: readonly PartitionOptions[]): OneChannel =>
    new OneChannel(options, partitions, create);

  /** [partition, grant] of every line. */
  function grants(options: ChannelOptions, partitions: readonly PartitionOptions[], demands: readonly Demand[]) {
    const channel = one(options, partitions);
    channel.offer(demands);
    return channel.serveUntil(END).map(({ partition, grantPs }) => [partition, grantPs]);
  }

  const grantTimes = (...args: Parameters<typeof grants>) => grants(...args).map(([, time]) => time);

  it('rounds service times so that no error piles up', () => {
    const channel = one({ lineTime: 1000.5 * 65536 }, [{}]);
    channel.offer([...three(0), ...three(0)]);
    expect(channel.serveUntil(END).map(({ completionPs }) => completionPs)).toEqual([
      1000, 2001, 3001, 4002, 5002, 6003,
    ]);
  });

  it('turns around before a request of the other direction, but not before the first', () => {
    const kinds = ['write', 'write', 'read', 'read', 'write'] as const;
    const channel = one({ turnaroundPs: 300 }, [{}]);
    channel.offer(kinds.map((kind) => ({ partition: 0, arrivalPs: 0, kind })));
    expect(channel.serveUntil(END).map(({ completionPs }) => completionPs)).toEqual([2000, 4000, 6300, 8300, 10_600]);
    expect(channel.counters(0)).toEqual({ reads: 2, writes: 3, servicePs: 10_600, throttledPs: 0, waiting: 0 });
    expect(channel.totals.busyPs).toBe(10_600);
  });

  it('sends line n to channel (n / interleave) mod channels', () => {
    const single = oneChannelMemory({});
    const config = {
      ...single,
      channels: [0, 1, 2].map((index) => ({ ...single.channels[0]!, name: `mem-0.${index}` })),
      memories: [{ name: 'mem-0', channels: [0, 1, 2], interleaveLines: 4 }],
    };
    const channels = create(config);
    for (const channel of [0, 1, 2]) {
      channels.setOwner(channel, FIRST_OWNER, channels.addPartition(channel));
    }
    const lines = [0, 3, 4, 11, 12, 16];
    lines.forEach((line, tag) => {
      channels.offer({ cache: 0, tag, owner: FIRST_OWNER, kind: 'read', line, arrivalPs: 0 });
    });
    channels.serveUntil(END);
    const byTag = channels.takeGrants().toSorted((a, b) => a.tag - b.tag);
    expect(byTag.map(({ channel }) => channel)).toEqual([0, 0, 1, 2, 0, 1]);
  });

  it('lets a request go on to memory at the moment that the memory side of its cache grants it', () => {
    const single = oneChannelMemory({ lineTime: 500 * 65536 });
    const side = { ...single.channels[0]!, name: 'l3-0', lineTime: 2000 * 65536 };
    const memories = [{ name: 'mem-0', channels: [1], interleaveLines: 1 }];
    const channels = create({ ...single, channels: [side, single.channels[0]!], memories, channelOfCache: [0] });
    for (const channel of [0, 1]) channels.setOwner(channel, FIRST_OWNER, channels.addPartition(channel));
    for (const tag of [0, 1])
      channels.offer({ cache: 0, tag, owner: FIRST_OWNER, kind: 'read', line: 0, arrivalPs: 70 });
    channels.serveUntil(END);
    const passed = channels
      .takeGrants()
      .map(({ channel, tag, arrivalPs, grantPs }) => [channel, tag, arrivalPs, grantPs]);
    expect(passed).toEqual([
      [0, 0, 70, 70],
      [1, 0, 70, 70],
      [0, 1, 70, 2070],
      [1, 1, 2070, 2070],
    ]);
  });

  it('serves the better class first, and by age within it', () => {
    const windowPs = 80_000;
    const partitions = [{}, { minimum: 3277, windowPs }, { maximum: 1, windowPs }, {}];
    const demands = [3, 2, 2, 0, 1, 1, 1].map((partition) => ({ partition, arrivalPs: 0 }));
    // MIN is 5 % of 80 ns: 4,000 ps, two lines. MAX is next to nothing: high, medium until the first line, then low.
    expect(grants({}, partitions, demands).map(([partition]) => partition)).toEqual([1, 1, 3, 2, 0, 1, 2]);
  });

  describe('hard limits of 3/8 of 8 ns, four requests at 6 ns', () => {
    const limited = [{ maximum: 24_576, isHard: true, windowPs: 8000 }];
    const four = [...three(6000), ...three(6000).slice(0, 1)];
    it.each([
      ['fixed', [6000, 8000, 10_000, 16_000]],
      ['moving', [6000, 8000, 14_000, 16_000]],
      // The level is 3,000 ps, not below it, at 14 ns.
      ['decaying', [6000, 8000, 10_000, 14_001]],
    ] as const)('%s: granted at %j ps', (window, expected) => {
      expect(grantTimes({ window }, limited, four)).toEqual(expected);
    });
  });

  it('splits a delay into queueing behind lines and being held', () => {
    const channel = one({}, [{ maximum: 16_384, isHard: true, windowPs: 8000 }, {}]);
    channel.offer([...three(0), { partition: 1, arrivalPs: 2500 }, { partition: 0, arrivalPs: 3000 }]);
    const times = channel.serveUntil(END).map(({ partition, grantPs }) => [partition, grantPs]);
    expect(times).toEqual([
      [0, 0],
      [1, 2500],
      [0, 8000],
      [0, 16_000],
      [0, 24_000],
    ]);
    // Behind its own line from 0, 8 and 16 ns on: 2 + 2 x 2 + 2 x 2 ns (the last came at 3 ns).
    expect(channel.delayPs(0, 0)).toBe(2000 + 4000 + 4000);
    // The two of 0 ns were held when the other was granted at 2.5 ns; the one of 3 ns came while it was being served.
    expect(channel.delayPs(0, 1)).toBe(1500);
    // 8 + 16 + 21 ns of waiting in all.
    expect(channel.counters(0).throttledPs).toBe(8000 + 16_000 + 21_000 - 10_000 - 1500);
    expect(channel.delayPs(1, 0)).toBe(0);
  });

  it('begins a line only in a time slot of its partition, and may end it in the next', () => {
    const demands = [...three(1000), { partition: 1, arrivalPs: 1000 }];
    const expected = [
      [1, 3000],
      [0, 6000],
      [0, 8000],
      [0, 15_000],
    ];
    // Three slots of 3 ns: 0 to 3 is nobody's, 3 to 6 the second one's, 6 to 9 the first one's.
    const partitions = [{ slots: [2] }, { slots: [1] }];
    expect(grants({ portions: 3, portionPs: 3000 }, partitions, demands)).toEqual(expected);
  });

  it('serves whoever has no time slot at all when nobody else may be', () => {
    const demands = [...three(0), { partition: 1, arrivalPs: 0 }];
    const order = grants({ portions: 2, portionPs: 5000 }, [{ slots: [] }, { slots: [1] }], demands);
    expect(order).toEqual([
      [0, 0],
      [0, 2000],
      [0, 4000],
      [1, 6000],
    ]);
  });

  it.each([
    ['fixed', 16_000],
    ['moving', 19_000],
    // 2, 3.25 and 4.5 ns at the grants, and 3 ns at 17 ns.
    ['decaying', 17_001],
  ] as const)('what was served without a time slot counts when there is one (%s)', (window, expected) => {
    const limited = { slots: [], maximum: 24_576, isHard: true, windowPs: 8000 };
    const channel = one({ window, portions: 2, portionPs: 1 }, [limited]);
    channel.offer(three(9000));
    channel.serveUntil(15_000);
    channel.allow(0);
    channel.offer([{ partition: 0, arrivalPs: 15_000 }]);
    expect(channel.serveUntil(END).map(({ grantPs }) => grantPs)).toEqual([9000, 11_000, 13_000, expected]);
  });

  it('orders deadlines by stride, with the credit that an idle partition has kept', () => {
    const demands = [...three(0), ...three(0), { partition: 1, arrivalPs: 5000 }, { partition: 1, arrivalPs: 5000 }];
    const order = (offsetLimit: number) =>
      grants({ offsetLimit }, [{ stride: 2 }, { stride: 5 }], demands).map(([partition]) => partition);
    // Deadlines 2, 4, 6 at 0, 2 and 4 ns. At 5 ns the clock is 6: without credit the other has 11, then 16.
    expect(order(0)).toEqual([0, 0, 0, 0, 0, 1, 0, 1]);
    // With a credit of 4 it has max(0, 6 - 4) + 5 = 7, before 8, then 12: after the 12 of the first one, which is older.
    expect(order(4)).toEqual([0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it('serves a partition that was passed over for too long, but not one that is held', () => {
    const patient = [{ priority: 1 }, { priority: 0 }];
    const demands = [...three(0), ...three(0), { partition: 1, arrivalPs: 1000 }, { partition: 1, arrivalPs: 1000 }];
    const order = grants({ starvationPs: 5000 }, patient, demands).map(([partition]) => partition);
    // Its first request is overdue at 6 ns; the next one 5 ns after that was granted, at 12 ns.
    expect(order).toEqual([0, 0, 0, 1, 0, 0, 1, 0]);
  });
});
