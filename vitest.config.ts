import { defineConfig } from 'vitest/config'

// Four files at once, on two processors too: the longest tests mostly wait for real time to pass.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000, maxWorkers: 4 },
})
