import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Most tests wait for processes and timers, so one worker for each core is not too many.
    maxWorkers: '100%',
  },
});

export default config;
