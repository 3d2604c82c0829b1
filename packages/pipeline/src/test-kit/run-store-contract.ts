import { beforeEach, describe } from 'vitest'
import { describeClaims } from './run-store/describe-claims.ts'
import { describeRuns } from './run-store/describe-runs.ts'
import type { RunStoreWorld } from './run-store/world.ts'

/** What every adapter of `RunStore` keeps to: each sentence of the port. `open` gives an empty store. */
export function describeRunStore(adapter: string, open: () => Promise<RunStoreWorld>): void {
  describe(`a run store in ${adapter}`, () => {
    let world: RunStoreWorld
    beforeEach(async () => {
      world = await open()
    })
    describeRuns(() => world)
    describeClaims(() => world)
  })
}
