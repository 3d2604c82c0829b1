import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'
import { MAX_FOLDED, type WaitingDoc } from '../stores/stores.ts'

const PROJECTION = { _id: 0, idempotencyKey: 1, companyId: 1, payload: 1, occurredAt: 1, receivedAt: 1, waitingFor: 1 }

/**
 * Reads the waiting changes of each company, oldest first, at most a thousand each; events of one instant in no order.
 * One round trip where no more wait for all of them together than one may fold; else one a company.
 */
export async function findWaiting(
  events: Collection<WebhookEventDoc>,
  companyIds: readonly string[],
): Promise<(readonly WaitingDoc[])[]> {
  const [only, ...others] = companyIds
  if (only !== undefined && others.length === 0) return [await findWaitingFor(events, only)]

  const docs = await events
    .find({ waitingFor: { $in: [...companyIds] } }, { limit: MAX_FOLDED, batchSize: MAX_FOLDED + 1 })
    .project<WaitingDoc>(PROJECTION)
    .toArray()
  if (docs.length === MAX_FOLDED) return Promise.all(companyIds.map((companyId) => findWaitingFor(events, companyId)))

  const byCompany = new Map<string, WaitingDoc[]>(companyIds.map((companyId) => [companyId, []]))
  const oldestFirst = docs.toSorted((left, right) => left.occurredAt.getTime() - right.occurredAt.getTime())
  for (const doc of oldestFirst) for (const companyId of new Set(doc.waitingFor)) byCompany.get(companyId)?.push(doc)
  return companyIds.map((companyId) => byCompany.get(companyId) ?? [])
}

/** In the order of the index, so that a long list is not sorted to take its head. */
function findWaitingFor(events: Collection<WebhookEventDoc>, companyId: string): Promise<WaitingDoc[]> {
  return events
    .find({ waitingFor: companyId }, { sort: { occurredAt: 1 }, limit: MAX_FOLDED, batchSize: MAX_FOLDED + 1 })
    .project<WaitingDoc>(PROJECTION)
    .toArray()
}
