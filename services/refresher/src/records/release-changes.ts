import type { BuyerGroupDoc, EventCoverage } from '@buyer-group/shared/mongo/collections.ts'
import { literal } from '../directory/update-expressions.ts'
import type { GatheredWrites } from '../gathering/gathered-writes.ts'

/** An event may go this long after ingest took it, once nothing waits for it (system.md, "MongoDB"): 45 days. */
const EVENT_KEPT_MS = 45 * 24 * 60 * 60 * 1_000

/**
 * Takes the company out of `waitingFor` of exactly the events that this refresh folded and notes what covered them.
 * An event that waits for nobody and is decided may expire; the detector looks in the opposite order, so that one of
 * the two always sets the time. One round trip; again, it changes nothing.
 */
export async function releaseChanges(
  writes: Pick<GatheredWrites, 'event'>,
  group: BuyerGroupDoc,
  now: Date,
): Promise<void> {
  if (group.foldedIds.length === 0) return
  const { companyId, commandId, refreshId, sequence } = group
  const coverage: EventCoverage = { companyId, commandId, refreshId, sequence, at: now }
  const stillWaiting = { $filter: { input: '$waitingFor', cond: { $ne: ['$$this', literal(companyId)] } } }
  const mayExpire = { $and: [{ $eq: ['$waitingFor', []] }, { $eq: ['$processed', true] }] }
  const update = [
    {
      $set: {
        waitingFor: stillWaiting,
        coveredBy: { $concatArrays: [{ $ifNull: ['$coveredBy', []] }, [literal(coverage)]] },
      },
    },
    { $set: { expiresAt: { $cond: [mayExpire, { $add: ['$receivedAt', EVENT_KEPT_MS] }, '$expiresAt'] } } },
  ]
  const filter = { idempotencyKey: { $in: group.foldedIds }, waitingFor: companyId }
  // Few events of many: MongoDB would compare this index with that on `waitingFor` otherwise.
  await writes.event({ updateMany: { filter, update, hint: { idempotencyKey: 1 } } })
}
