import { defineConfig } from 'vitest/config'

/** What stands behind src/core and the journal: the quick tests, since a mutant is tried against all that cover it. */
export default defineConfig({
  test: { include: ['test/core/**/*.test.ts', 'test/store/journal.test.ts'], testTimeout: 20_000 },
})
