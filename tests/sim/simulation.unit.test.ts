import { expect, test } from 'vitest'
import { runSeed } from './run-seed.ts'

/** A failing seed is replayed, with its trace, by `npm run test:sim -- --runs 1 --seed S --trace`. */
test('all invariants hold in three hundred runs of whatever can go wrong', { timeout: 300_000 }, async () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const { violations } = await runSeed(seed)
    expect({ seed, violations }).toEqual({ seed, violations: [] })
  }
})

test('a seed replays exactly: every choice, to the end', { timeout: 60_000 }, async () => {
  for (const seed of [7, 8, 9]) {
    const first = await runSeed(seed, { isTraced: true })
    expect(first.trace.length).toBeGreaterThan(100)
    expect(await runSeed(seed, { isTraced: true })).toEqual(first)
    expect((await runSeed(seed + 100, { isTraced: true })).trace).not.toEqual(first.trace)
  }
})
