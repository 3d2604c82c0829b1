import { defineStep } from '@buyer-group/pipeline/step.ts'
import { nativeEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Standing, Waiting } from '../refresh-state.ts'
import { compareStamps } from '../rules/change-stamp.ts'
import type { WaitingChange } from '../rules/waiting-change.ts'
import { stepKey } from './step-key.ts'

/** Most changes that one refresh folds; the rest waits for a trailing one. */
export const MAX_FOLDED = 1_000

type WaitingDoc = Pick<WebhookEventDoc, 'idempotencyKey' | 'companyId' | 'payload' | 'occurredAt' | 'receivedAt'>

/**
 * Reads the company's waiting changes, oldest first, at most a thousand. One round trip.
 *
 * A payload that is no native event cannot normally be there, since the detector checks each; if one is (a hand at the
 * database, an older version's record), it would block its company for ever. It is marked with an error that names
 * the reason, logged, and taken off the waiting list with the others.
 */
export const loadWaitingChanges = defineStep({
  name: 'loadWaitingChanges',
  idempotencyKey: stepKey('loadWaitingChanges'),
  retryable: true,
  execute: async (standing: Standing, context: RefreshContext): Promise<Waiting> => {
    const docs = await findWaiting(standing.command.companyId, context)
    const changes: WaitingChange[] = []
    const unreadable: string[] = []
    for (const { payload, ...doc } of docs) {
      const event = nativeEventSchema.safeParse(payload)
      if (event.success) changes.push({ ...doc, event: event.data })
      else unreadable.push(doc.idempotencyKey)
    }
    if (unreadable.length > 0) await noteUnreadable(unreadable, context)
    return {
      ...standing,
      changes: changes.toSorted((left, right) => compareStamps(stampOf(left), stampOf(right))),
      foldedIds: docs.map(({ idempotencyKey }) => idempotencyKey),
    }
  },
})

const stampOf = ({ occurredAt, idempotencyKey }: WaitingChange) => ({ at: occurredAt, by: idempotencyKey })

/** In the order of the index, so that a long list is not sorted to take its head; ties are ordered afterwards. */
function findWaiting(companyId: string, { collections }: RefreshContext): Promise<WaitingDoc[]> {
  return collections.webhookEvents
    .find({ waitingFor: companyId }, { sort: { occurredAt: 1 }, limit: MAX_FOLDED, batchSize: MAX_FOLDED + 1 })
    .project<WaitingDoc>({ _id: 0, idempotencyKey: 1, companyId: 1, payload: 1, occurredAt: 1, receivedAt: 1 })
    .toArray()
}

async function noteUnreadable(keys: readonly string[], { collections, logger }: RefreshContext): Promise<void> {
  logger.error({ events: keys.slice(0, 10), count: keys.length }, 'waiting events cannot be read and are left out')
  await collections.webhookEvents.updateMany(
    { idempotencyKey: { $in: [...keys] } },
    { $set: { error: { code: 'unreadable_payload', message: 'the stored payload is no native event; not folded' } } },
  )
}
