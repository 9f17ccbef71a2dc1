/** The caches against an independent naive model: every access, every counter, every line. */
import { describe, it } from 'vitest';
import { smallSizes, wideSizes } from './arbitrary-hierarchy.ts';
import { judgeRandomConfigurations, judgeRandomReplays } from './random-configurations.ts';

describe('random machines with random partitions and accesses', () => {
  it('serve every access where the naive model says, and account for it alike', () => {
    judgeRandomConfigurations(smallSizes, 300, 2000, 31_415);
  });

  it('do so when the accesses are replayed in bulk', () => {
    judgeRandomReplays(smallSizes, 300, 1000, 16_180);
  });

  it('do so with hundreds of ways', () => {
    judgeRandomConfigurations(wideSizes, 900, 30, 27_182);
  });
});
