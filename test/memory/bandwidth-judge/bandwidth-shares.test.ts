/**
 * Bandwidth shares in closed form (known result T15), of partitions that always have requests waiting: each within one line
 * of what the control says, in every accounting window.
 */
import { describe, expect, it } from 'vitest';
import { ACCOUNTING_WINDOWS, type AccountingWindow } from '../../../src/memory/bandwidth-config.ts';
import {
  alwaysBacklogged,
  type ChannelOptions,
  LINE_PS,
  OneChannel,
  type PartitionOptions,
  servicePsOf,
  servicesOf,
} from './one-channel.ts';

/** 500 lines. */
const WINDOW_PS = 500 * LINE_PS;
/** Requests that wait at a time, at most. */
const ROOM = 32_768;
/** Windows that are looked at. Decaying levels begin with a whole burst to spend, and settle while it lasts. */
const WINDOWS = 6;
const settlingWindows = (window: AccountingWindow | undefined): number => (window === 'decaying' ? 8 : 1);

/** Share of the channel that each of the first `demanding` partitions gets in each window; all others ask for nothing. */
function shares(
  options: ChannelOptions,
  partitions: readonly PartitionOptions[],
  demanding = partitions.length,
): number[][] {
  const driven = new OneChannel(
    { ...options, room: ROOM },
    partitions.map((partition) => ({ windowPs: WINDOW_PS, ...partition })),
  );
  const first = settlingWindows(options.window);
  driven.offer(alwaysBacklogged(demanding, (first + WINDOWS) * 500));
  const services = driven.serveUntil((first + WINDOWS) * WINDOW_PS);
  return Array.from({ length: WINDOWS }, (_, n) => {
    const start = (first + n) * WINDOW_PS;
    const inWindow = services.filter(({ grantPs }) => grantPs >= start && grantPs < start + WINDOW_PS);
    return partitions.map((__, partition) => servicePsOf(servicesOf(inWindow, partition)) / WINDOW_PS);
  });
}

/** Shares of each window, to within a number of lines. */
function expectShares(windows: readonly number[][], expected: readonly number[], lines = 1): void {
  for (const window of windows) {
    window.forEach((share, partition) => {
      expect(Math.abs(share - expected[partition]!)).toBeLessThanOrEqual((lines * LINE_PS) / WINDOW_PS + 1e-9);
    });
  }
}

const percent = (figure: number): number => Math.round((figure * 65536) / 100);

describe('MBW_PROP', () => {
  it.each([
    [
      [1, 1],
      [1 / 2, 1 / 2],
    ],
    [
      [1, 3],
      [3 / 4, 1 / 4],
    ],
    [
      [1, 2, 4],
      [4 / 7, 2 / 7, 1 / 7],
    ],
    [
      [2, 3, 6],
      [1 / 2, 1 / 3, 1 / 6],
    ],
  ])('strides %j share the channel as %j: weights over their sum', (strides, expected) => {
    const partitions = strides.map((stride) => ({ stride }));
    expectShares(shares({}, partitions), expected);
  });

  it('gives the share of an idle partition to the others', () => {
    const partitions = [{ stride: 1 }, { stride: 2 }, { stride: 1 }];
    expectShares(shares({}, partitions, 2), [2 / 3, 1 / 3, 0]);
  });

  it('leaves what a hard limit takes away to the others', () => {
    const partitions = [{ stride: 1, maximum: percent(20), isHard: true }, { stride: 1 }, { stride: 3 }];
    expectShares(shares({ window: 'moving' }, partitions), [0.2, 0.6, 0.2], 3);
  });
});

describe.each(ACCOUNTING_WINDOWS)('%s windows', (window) => {
  it('hard limits of 20 and 5 percent let through 20 and 5 percent, and the rest is idle', () => {
    const partitions = [20, 5].map((limit) => ({ maximum: percent(limit), isHard: true }));
    expectShares(shares({ window }, partitions), [0.2, 0.05]);
  });

  it('a soft limit of 20 percent is none while nobody else asks', () => {
    expectShares(shares({ window }, [{ maximum: percent(20) }, {}], 1), [1, 0]);
  });

  it('a soft limit of 20 percent is kept beside one who takes all that it gets', () => {
    expectShares(shares({ window }, [{ maximum: percent(20) }, { maximum: percent(90) }]), [0.2, 0.8], 2);
  });

  it('minimums of 25 and 10 percent are met beside two others who share what is left', () => {
    const partitions = [{ minimum: percent(25) }, { minimum: percent(10) }, {}, {}];
    for (const [one, two] of shares({ window }, partitions)) {
      expect(one).toBeGreaterThanOrEqual(0.25 - LINE_PS / WINDOW_PS);
      expect(two).toBeGreaterThanOrEqual(0.1 - LINE_PS / WINDOW_PS);
    }
  });

  it('minimums of 60 and 40 percent take the whole channel', () => {
    expectShares(shares({ window }, [{ minimum: percent(60) }, { minimum: percent(40) }, {}]), [0.6, 0.4, 0], 2);
  });
});

describe.each(ACCOUNTING_WINDOWS)('%s windows, after ten of them alone on the channel', (window) => {
  const startPs = 10 * WINDOW_PS;

  /** Share in the two windows after others have come. */
  function shareBesides(first: PartitionOptions, others: readonly PartitionOptions[]): number {
    const partitions = [first, ...others].map((partition) => ({ windowPs: WINDOW_PS, ...partition }));
    const driven = new OneChannel({ window, room: ROOM }, partitions);
    driven.offer(alwaysBacklogged(1, 5000));
    driven.offer(alwaysBacklogged(partitions.length, 1000).map((demand) => ({ ...demand, arrivalPs: startPs })));
    const services = servicesOf(driven.serveUntil(startPs + 2 * WINDOW_PS), 0);
    return servicePsOf(services.filter(({ grantPs }) => grantPs >= startPs)) / (2 * WINDOW_PS);
  }

  it('a minimum of 20 percent is met beside nine others: what was used beyond it before is forgotten', () => {
    const share = shareBesides({ minimum: percent(20) }, Array<PartitionOptions>(9).fill({}));
    // A moving window may take one window to forget.
    expect(share).toBeGreaterThan(window === 'moving' ? 0.1 : 0.19);
  });

  it('a soft limit of 20 percent leaves 20 percent', () => {
    const share = shareBesides({ maximum: percent(20) }, [{ maximum: percent(80) }]);
    expect(share).toBeGreaterThan(window === 'moving' ? 0.1 : 0.19);
    expect(share).toBeLessThan(0.31);
  });
});

describe('MBW_PBM', () => {
  it('of 20 slots gives four against one as 20 and 5 percent, and the rest is idle', () => {
    const partitions = [{ slots: [0, 1, 2, 3] }, { slots: [10] }];
    expectShares(shares({ portions: 20 }, partitions), [0.2, 0.05]);
  });

  it('gives slots that are in both maps to the requests that have waited longest', () => {
    const partitions = [{ slots: [0, 1, 2, 3] }, { slots: [2, 3] }];
    expectShares(shares({ portions: 4 }, partitions), [0.5, 0.5]);
  });
});

describe('priority', () => {
  it('decides among requests of the same class only', () => {
    const partitions = [{ priority: 1, maximum: percent(30) }, { priority: 0 }];
    expectShares(shares({}, partitions), [0.3, 0.7]);
  });
});
