/** test/memory/random-configurations.test.ts with other seeds, and many more machines. */
import { describe, it } from 'vitest';
import { smallSizes, wideSizes } from '../memory/arbitrary-hierarchy.ts';
import { judgeRandomConfigurations, judgeRandomReplays } from '../memory/random-configurations.ts';

describe('random machines with random partitions and accesses', () => {
  it.each([1, 2, 3, 4])('serve and account for every access as the naive model does, seed %i', (seed) => {
    judgeRandomConfigurations(smallSizes, 600, 15_000, seed);
  });

  it.each([3, 4])('do so when the accesses are replayed in bulk, seed %i', (seed) => {
    judgeRandomReplays(smallSizes, 600, 8000, seed);
  });

  it.each([5, 6])('do so with hundreds of ways, seed %i', (seed) => {
    judgeRandomConfigurations(wideSizes, 2500, 300, seed);
  });
});
