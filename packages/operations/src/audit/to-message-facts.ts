import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { BuyerGroup, PersonChange, RefreshCommand, RefreshResult } from '@buyer-group/shared/messages/messages.ts'
import { reportedEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import { placementsOf } from '@buyer-group/shared/messages/placements.ts'
import { digest, digestMembers } from './digest.ts'
import type { AcceptedMessage, CommandMessage, CurrentFact, DeadLetter, Place, ResultMessage } from './rules/facts.ts'

export function toAccepted(change: PersonChange, place: Place): AcceptedMessage {
  const { source, eventId, bodySha256, type, receivedAt, companyId } = change
  const companies = companiesOf(change)
  return { key: eventIdempotencyKey(source, eventId), bodySha256, type, receivedAt, companyId, companies, place }
}

/** Where the event places its person; its own company where the payload says nothing that can be read. */
function companiesOf({ payload, companyId }: PersonChange): readonly string[] {
  try {
    const event = reportedEventSchema.parse(JSON.parse(payload))
    return placementsOf(event, companyId).map((placement) => placement.companyId)
  } catch {
    return [companyId]
  }
}

export function toCommand(command: RefreshCommand, place: Place): CommandMessage {
  const { commandId, companyId, sequence, reason, requestedAt } = command
  return { commandId, companyId, sequence, reason, requestedAt, content: digest(command), place }
}

export function toResult(result: RefreshResult): ResultMessage {
  const { refreshId, commandId, companyId, sequence, previousSequence, outcome, completedAt } = result
  const content = digest(result)
  return { refreshId, commandId, companyId, sequence, previousSequence, outcome, completedAt, content }
}

export function toCurrent({ companyId, sequence, refreshId, members }: BuyerGroup): CurrentFact {
  return { companyId, sequence, refreshId, members: digestMembers(members) }
}

export function toDeadLetter(message: IncomingMessage): DeadLetter {
  return { origin: originOf(message, 'dlq'), code: headerOf(message, 'dlq-code') ?? 'none' }
}

/** The original message that a dead letter or a message in a retry topic names in its headers. */
export function originOf(message: IncomingMessage, prefix: 'dlq' | 'retry'): Place | null {
  const topic = headerOf(message, `${prefix}-topic`)
  const partition = Number(headerOf(message, `${prefix}-partition`))
  const offset = Number(headerOf(message, `${prefix}-offset`))
  if (topic === undefined || !Number.isSafeInteger(partition) || !Number.isSafeInteger(offset)) return null
  return { topic, partition, offset }
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return (Array.isArray(value) ? value.at(-1) : value)?.toString()
}
