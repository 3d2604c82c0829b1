import { readPersonChange } from '@buyer-group/detector/read-person-change.ts'
import type { AuditFacts, Place } from '@buyer-group/operations/audit/rules/facts.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type {
  BuyerGroup,
  PersonChange,
  RefreshCommand,
  RefreshRequest,
  RefreshResult,
} from '@buyer-group/shared/messages/messages.ts'
import { placementsOf } from '@buyer-group/shared/messages/placements.ts'
import { deadLetterTopic, TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { CONSUMED, topicsOf } from './sim-topics.ts'
import type { FinalState } from './simulation.ts'
import { SIGNIFICANT_TYPES } from './workload.ts'

const GROUPS = ['detector', 'refresher'] as const

/** The end of a run as the checker of the running system sees it (packages/operations/src/audit). */
export function collectFacts({ database, broker, windowMs, clockToleranceMs }: FinalState): AuditFacts {
  const committed = new Map<string, number>()
  for (const group of GROUPS) {
    for (const topic of topicsOf(group).keys()) {
      for (const partition of broker.partitionsOf(topic)) {
        committed.set(`${topic}/${partition}`, broker.committed(group, topic, partition))
      }
    }
  }
  const isOpen = ({ topic, partition, offset }: IncomingMessage) =>
    Number(offset) >= (committed.get(`${topic}/${partition}`) ?? 0)

  const accepted: AuditFacts['accepted'][number][] = []
  const unreadable: Place[] = []
  for (const message of broker.readAll(TOPICS.personChanges)) {
    const change = parse<PersonChange>(message)
    try {
      const { event } = readPersonChange(change)
      accepted.push({
        key: eventIdempotencyKey(change.source, change.eventId),
        bodySha256: change.bodySha256,
        type: change.type,
        receivedAt: change.receivedAt,
        companyId: change.companyId,
        companies: [...new Set(placementsOf(event, change.companyId).map(({ companyId }) => companyId))],
        place: placeOf(message),
      })
    } catch {
      unreadable.push(placeOf(message))
    }
  }

  const retryTopics = GROUPS.flatMap((group) =>
    [...topicsOf(group)].flatMap(([topic, level]) => (level ? [topic] : [])),
  )
  const deadLetters = GROUPS.flatMap((group) => CONSUMED[group].map((topic) => deadLetterTopic(topic, group)))
  const lastCurrent = new Map(broker.readAll(TOPICS.current).map((message) => [String(message.key), message]))
  return {
    windowMs,
    since: null,
    until: null,
    resultsSince: null,
    significantTypes: SIGNIFICANT_TYPES,
    clockToleranceMs,
    committed,
    accepted,
    unreadable,
    unreadableOutput: [],
    requests: broker.readAll(TOPICS.refreshRequests).map((message) => {
      const { requestId, companyId } = parse<RefreshRequest>(message)
      return { requestId, companyId, place: placeOf(message) }
    }),
    commands: CONSUMED.refresher.flatMap((topic) =>
      broker.readAll(topic).map((message) => {
        const { commandId, companyId, sequence, reason, requestedAt } = parse<RefreshCommand>(message)
        return {
          commandId,
          companyId,
          sequence,
          reason,
          requestedAt,
          content: textOf(message),
          place: placeOf(message),
        }
      }),
    ),
    deadLetters: deadLetters.flatMap((topic) =>
      broker
        .readAll(topic)
        .map((message) => ({ origin: originOf(message, 'dlq'), code: String(message.headers['dlq-code']) })),
    ),
    retries: retryTopics.flatMap((topic) =>
      broker
        .readAll(topic)
        .filter(isOpen)
        .map((message) => ({ origin: originOf(message, 'retry'), place: placeOf(message) })),
    ),
    records: [...database.events.values()].map((event) => ({
      key: event.idempotencyKey,
      bodySha256: event.bodySha256,
      receivedAt: event.receivedAt.getTime(),
      processed: event.processed,
      outcome: event.decision?.outcome ?? null,
      commandIds: event.decision?.commandIds ?? [],
      waitingFor: event.waitingFor,
      coveredBy: (event.coveredBy ?? []).map(({ at, ...cover }) => ({ ...cover, at: at.getTime() })),
    })),
    logs: [...database.logs.values()],
    windows: [...database.windows.values()].map(({ companyId, pending, outbox }) => ({
      companyId,
      hasPending: pending !== null,
      outbox: outbox?.commandId ?? null,
    })),
    results: broker.readAll(TOPICS.refreshResults).map((message) => {
      const result = parse<RefreshResult>(message)
      const { refreshId, commandId, companyId, sequence, previousSequence, outcome, completedAt } = result
      return {
        refreshId,
        commandId,
        companyId,
        sequence,
        previousSequence,
        outcome,
        completedAt,
        content: textOf(message),
      }
    }),
    groups: [...database.groups.values()].map(({ publishedAt, members, ...group }) => ({
      ...group,
      isPublished: publishedAt !== null,
      members: JSON.stringify(members),
    })),
    current: [...lastCurrent.values()].map((message) => {
      const { companyId, sequence, refreshId, members } = parse<BuyerGroup>(message)
      return { companyId, sequence, refreshId, members: JSON.stringify(members) }
    }),
  }
}

const textOf = ({ value }: IncomingMessage) => String(value)

const parse = <Message>(message: IncomingMessage): Message => JSON.parse(textOf(message))

const placeOf = ({ topic, partition, offset }: IncomingMessage): Place => ({ topic, partition, offset: Number(offset) })

const originOf = ({ headers }: IncomingMessage, prefix: 'dlq' | 'retry'): Place => ({
  topic: String(headers[`${prefix}-topic`]),
  partition: Number(headers[`${prefix}-partition`]),
  offset: Number(headers[`${prefix}-offset`]),
})
