import { defineConfig } from 'vitest/config'

/** Tests that need no stack run first and alone with `vitest run --project unit`; a file's suffix states its cost. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['**/*.unit.test.ts'] } },
      {
        test: {
          name: 'int',
          include: ['**/*.int.test.ts'],
          globalSetup: ['packages/testing/src/stack/vitest-global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          globalSetup: ['packages/testing/src/stack/vitest-global-setup.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
