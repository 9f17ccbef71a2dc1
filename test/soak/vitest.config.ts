import { defineConfig } from 'vitest/config';

/** The longer versions of some tests: minutes, not seconds. */
export default defineConfig({
  test: {
    include: ['test/soak/*.soak.ts'],
    testTimeout: 1_800_000,
    pool: 'forks',
    globalSetup: '.ci/vitest-set-up.mjs',
  },
});
