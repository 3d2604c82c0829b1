import { checkNodeKeys } from '@buyer-group/pipeline/store/check-keys.ts'
import type { RunStore } from '@buyer-group/pipeline/store/run-store.ts'
import type { PipelineStepResultDoc } from '@buyer-group/shared/mongo/collections.ts'
import { gatherWrites } from '@buyer-group/shared/mongo/gathering/gather-writes.ts'
import type { Collection } from 'mongodb'
import { checkOutputSize } from '../json/limits.ts'
import { afterNow } from './claim-update.ts'
import { gatherClaims } from './gather-claims.ts'
import { toHeldFilter } from './node-filter.ts'

/** The part of the store that is about nodes, each one document of `pipeline_step_results`. */
export function createNodeClaims(
  results: Collection<PipelineStepResultDoc>,
  keptMs: number,
): Pick<RunStore, 'claim' | 'complete' | 'release'> {
  const update = gatherWrites(results)
  const claimTogether = gatherClaims(results, keptMs)
  return {
    claim: async (claim) => {
      checkNodeKeys(claim)
      return claimTogether(claim)
    },

    complete: async (claim, output) => {
      checkOutputSize(output, `node ${claim.node}`)
      const filter = toHeldFilter(claim)
      const finished = {
        // A repeated call, also by the driver, leaves what is there.
        output: { $ifNull: ['$output', { $literal: output }] },
        completedAt: { $ifNull: ['$completedAt', claim.at] },
        expiresAt: afterNow(keptMs),
      }
      const outcome = await update({ updateOne: { filter, update: [{ $set: finished }] } }, output.length)
      if (outcome === 'written') return true
      // Some update of the round trip matched nothing, this one or another.
      const stored = await results.findOne({ ...filter, output: { $exists: true } }, { projection: { _id: 1 } })
      return stored !== null
    },

    release: async (claim) => {
      const filter = { ...toHeldFilter(claim), output: { $exists: false } }
      await update({ updateOne: { filter, update: { $set: { token: null } } } })
    },
  }
}
