import { defineConfig } from 'vitest/config'

/** A framework is installed, built and served: minutes on a busy machine. */
const PATIENCE_MS = 600_000

/** Beside `npm test`, because it installs from npm: `npm run test:examples`. */
export default defineConfig({
  test: {
    include: ['test/examples/*.test.ts'],
    maxWorkers: 1,
    maxConcurrency: 2,
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
  },
})
