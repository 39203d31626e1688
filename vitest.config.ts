import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Sockets, timers and child processes: files run one beside another on as many cores as there are, tests within a file in order.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    // More than there are cores: the tests mostly wait.
    maxWorkers: 3,
  },
})
