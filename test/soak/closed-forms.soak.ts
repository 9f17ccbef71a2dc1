/** The large caches of known results T11 and T11d: fully associative, 1,000 ways and more, 4 million references each. */
import { describe, expect, it } from 'vitest';
import { cheHitRatio, lruResidence, randomResidence } from '../memory/characteristic-time.ts';
import { predictedSharing, simulatedHitRatio, simulatedSharing } from '../memory/popularity-closed-forms.ts';
import { zipf } from '../memory/zipf.ts';

const FOUR_MILLION = 4_000_000;

describe('independent references with Zipf popularity (T11)', () => {
  const FLAT = { lines: 10_000, exponent: 0.8, capacity: 1000 };
  const STEEP = { lines: 10_000, exponent: 1, capacity: 1000 };
  const LARGE = { lines: 100_000, exponent: 0.8, capacity: 10_000 };
  it.each([
    ['lru', FLAT, 0.4367],
    ['fifo', FLAT, 0.3942],
    ['lru', STEEP, 0.6756],
    ['random', STEEP, 0.6309],
    ['fifo', STEEP, 0.6309],
    ['lru', LARGE, 0.4687],
    ['random', LARGE, 0.4284],
    ['fifo', LARGE, 0.4284],
  ] as const)('%s, %o: hit ratio %f', (policy, { lines, exponent, capacity }, known) => {
    const p = zipf(lines, exponent);
    const predicted = cheHitRatio(p, capacity, policy === 'lru' ? lruResidence : randomResidence);
    expect(predicted).toBeCloseTo(known, 4);
    expect(Math.abs(simulatedHitRatio(p, policy, capacity, FOUR_MILLION) - predicted)).toBeLessThan(0.003);
  });
});

describe('two tenants sharing 2,000 lines of LRU (T11d)', () => {
  it('hold and hit what one characteristic time for both says', () => {
    const [predicted, simulated] = [predictedSharing(), simulatedSharing(FOUR_MILLION)];
    for (const k of [0, 1]) {
      expect(Math.abs(simulated.occupancy[k]! / predicted.occupancy[k]! - 1)).toBeLessThan(0.005);
      expect(Math.abs(simulated.hitRatio[k]! / predicted.hitRatio[k]! - 1)).toBeLessThan(0.005);
    }
  });
});
