import { defineStep } from '@buyer-group/pipeline/step.ts'
import { compareStamps } from '@buyer-group/rules/folding/change-stamp.ts'
import type { WaitingChange } from '@buyer-group/rules/folding/waiting-change.ts'
import { reportedEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Company, Waiting } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/**
 * Reads the company's waiting changes, oldest first, at most a thousand. One shared round trip.
 *
 * A payload that is no native event cannot normally be there, since the detector checks each; if one is (a hand at the
 * database, an older version's record), it would block its company for ever. It is marked with an error that names
 * the reason, logged, and taken off the waiting list with the others.
 */
export const loadWaitingChanges = defineStep({
  name: 'loadWaitingChanges',
  idempotencyKey: stepKey('loadWaitingChanges'),
  retryable: true,
  execute: async ({ company }: { readonly company: Company }, context: RefreshContext): Promise<Waiting> => {
    const docs = await context.stores.events.waiting(company.command.companyId)
    const changes: WaitingChange[] = []
    const unreadable: string[] = []
    for (const { idempotencyKey, companyId, occurredAt, receivedAt, payload } of docs) {
      const event = reportedEventSchema.safeParse(payload)
      if (event.success) changes.push({ idempotencyKey, companyId, occurredAt, receivedAt, event: event.data })
      else unreadable.push(idempotencyKey)
    }
    if (unreadable.length > 0) await noteUnreadable(unreadable, context)
    return {
      changes: changes.toSorted((left, right) => compareStamps(stampOf(left), stampOf(right))),
      foldedIds: docs.map(({ idempotencyKey }) => idempotencyKey),
    }
  },
})

const stampOf = ({ occurredAt, idempotencyKey }: WaitingChange) => ({ at: occurredAt, by: idempotencyKey })

async function noteUnreadable(keys: readonly string[], { stores, logger }: RefreshContext): Promise<void> {
  logger.error({ events: keys.slice(0, 10), count: keys.length }, 'waiting events cannot be read and are left out')
  await stores.events.noteError(keys, {
    code: 'unreadable_payload',
    message: 'the stored payload is no native event; not folded',
  })
}
