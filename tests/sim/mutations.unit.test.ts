import { expect, test } from 'vitest'
import { MUTATIONS } from './mutations.ts'
import { runSeed } from './run-seed.ts'

/** Seeds after which a bug counts as not found. Most are found among the first hundred. */
const MOST_SEEDS = 5_000

test.each(Object.entries(MUTATIONS))('%s is found', { timeout: 300_000 }, async (_name, mutation) => {
  for (let seed = 1; seed <= MOST_SEEDS; seed += 1) {
    const { violations } = await runSeed(seed, { mutation })
    if (violations.length > 0) return
  }
  expect.fail(`${MOST_SEEDS} runs with this bug look as if there were none`)
})
