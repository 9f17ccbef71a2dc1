import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Store and process tests start real files and processes; on two busy cores the default of 5 s is too tight.
    testTimeout: 30_000,
    pool: 'forks',
    maxWorkers: '100%',
    globalSetup: '.ci/vitest-set-up.mjs',
  },
});
