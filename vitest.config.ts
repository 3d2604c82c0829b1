import { defineConfig } from 'vitest/config'

const withStack = { globalSetup: ['packages/testing/src/stack/vitest-global-setup.ts'] }

/** Real processes are killed and stopped in these: one file at a time, so that only its own faults disturb it. */
const faults = { ...withStack, fileParallelism: false, testTimeout: 300_000, hookTimeout: 180_000 }

/**
 * A file's suffix states its cost. Tests that need no stack run first and alone with `vitest run --project unit`;
 * `npm test` runs all but `faults`, `npm run test:faults` both kinds of fault tests.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['**/*.unit.test.ts'] } },
      {
        test: { name: 'int', include: ['**/*.int.test.ts'], ...withStack, testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          ...withStack,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      { test: { name: 'faults-quick', include: ['tests/faults/**/*.quick.test.ts'], ...faults } },
      { test: { name: 'faults', include: ['tests/faults/**/*.fault.test.ts'], ...faults } },
    ],
  },
})
