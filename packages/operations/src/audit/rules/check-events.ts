import { type AuditCounts, type Violation, WAITING_REASONS, type WaitingReason } from './audit-report.ts'
import type { EventContext } from './event-context.ts'
import { type FactIndex, placeName, progressOf } from './fact-index.ts'
import type { AcceptedMessage, AuditFacts, EventRecord, ResultMessage } from './facts.ts'
import { type AcceptedEvent, judgeEvent } from './judge-event.ts'
import { violation } from './violation.ts'

type EventCounts = Pick<
  AuditCounts,
  | 'accepted'
  | 'deliveries'
  | 'decided'
  | 'insignificant'
  | 'covered'
  | 'deadLettered'
  | 'inFlight'
  | 'waitingBy'
  | 'outOfScope'
>

/** I1: what became of every accepted event, each counted once, and of every message that nobody can read. */
export function checkEvents(
  facts: AuditFacts,
  index: FactIndex,
): { readonly counts: EventCounts; readonly violations: readonly Violation[] } {
  const records = new Map(facts.records.map((record) => [record.key, record]))
  const context: EventContext = { facts, index, completed: completedResults(facts.results) }
  const counts = { accepted: 0, deliveries: 0, decided: 0, insignificant: 0, covered: 0, deadLettered: 0, inFlight: 0 }
  const waitingBy = Object.fromEntries(WAITING_REASONS.map((reason) => [reason, 0])) as Record<WaitingReason, number>
  const violations: Violation[] = [...findRepeatedRecords(facts.records), ...findDroppedMessages(facts, index)]
  let outOfScope = 0

  for (const event of groupDeliveries(facts.accepted)) {
    if (!isInScope(event, facts)) {
      outOfScope += 1
      continue
    }
    const record = records.get(event[0].key)
    counts.accepted += 1
    counts.deliveries += event.length
    if (record?.processed === true && record.bodySha256 === event[0].bodySha256) counts.decided += 1
    const fate = judgeEvent(event, record, context)
    if (fate.kind === 'lost') violations.push(fate.violation)
    else counts[fate.kind] += 1
    if (fate.kind === 'inFlight') waitingBy[fate.reason] += 1
  }
  return { counts: { ...counts, waitingBy, outOfScope }, violations }
}

/** One entry for each source, id and body: a repeat is the same event, another body under the same id is another one. */
function groupDeliveries(messages: readonly AcceptedMessage[]): Iterable<AcceptedEvent> {
  const events = new Map<string, [AcceptedMessage, ...AcceptedMessage[]]>()
  for (const message of messages) {
    const id = `${message.bodySha256} ${message.key}`
    const event = events.get(id)
    if (event === undefined) events.set(id, [message])
    else event.push(message)
  }
  return events.values()
}

/** An event belongs to the time when ingest first took it. */
function isInScope(event: AcceptedEvent, { since, until }: AuditFacts): boolean {
  const receivedAt = event.reduce(
    (earliest, message) => Math.min(earliest, message.receivedAt),
    Number.POSITIVE_INFINITY,
  )
  return (since === null || receivedAt >= since) && (until === null || receivedAt < until)
}

function completedResults(results: readonly ResultMessage[]): ReadonlyMap<string, readonly ResultMessage[]> {
  const completed = results.filter(({ outcome }) => outcome === 'completed')
  return Map.groupBy(completed, ({ refreshId }) => refreshId)
}

/** A decision is recorded exactly once, and an event released from a company's waiting list at most once. */
function findRepeatedRecords(records: readonly EventRecord[]): readonly Violation[] {
  const seen = new Set<string>()
  return records.flatMap((record) => {
    const found: Violation[] = []
    const { key, coveredBy } = record
    if (seen.has(key)) found.push(violation('event_recorded_twice', { event: key }, `event ${key} is recorded twice`))
    seen.add(key)
    const companies = new Set<string>()
    for (const { companyId } of coveredBy) {
      if (companies.has(companyId)) {
        const sentence = `event ${key} was taken off the waiting list of company ${companyId} by two refreshes`
        found.push(violation('event_covered_twice', { event: key, company: companyId }, sentence))
      }
      companies.add(companyId)
    }
    return found
  })
}

/** A message that no decoder reads must stand in a dead-letter topic once its offset is committed. */
function findDroppedMessages({ unreadable }: AuditFacts, index: FactIndex): readonly Violation[] {
  return unreadable
    .filter((place) => progressOf([place], index) === 'consumed' && index.deadLetterOf(place) === undefined)
    .map((place) => {
      const message = placeName(place)
      const sentence = `the message ${message} cannot be read, and is in no dead-letter topic although its offset is committed`
      return violation('message_dropped', { message }, sentence)
    })
}
