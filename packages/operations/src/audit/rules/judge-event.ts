import type { Violation, WaitingReason } from './audit-report.ts'
import { findCoverageProblem } from './check-coverage.ts'
import type { EventContext } from './event-context.ts'
import { placeName, progressOf } from './fact-index.ts'
import type { AcceptedMessage, EventRecord } from './facts.ts'
import { violation } from './violation.ts'

/** An accepted event: all messages of one source, id and body. */
export type AcceptedEvent = readonly [AcceptedMessage, ...AcceptedMessage[]]

/** What became of an accepted event. */
export type EventFate =
  | { readonly kind: 'insignificant' }
  | { readonly kind: 'covered' }
  | { readonly kind: 'deadLettered' }
  | { readonly kind: 'inFlight'; readonly reason: WaitingReason }
  | { readonly kind: 'lost'; readonly violation: Violation }

/**
 * Says what became of an event, or that nobody can (guarantees.md, I1).
 * @param record what MongoDB holds under the event's key, whatever its body.
 */
export function judgeEvent(event: AcceptedEvent, record: EventRecord | undefined, context: EventContext): EventFate {
  const [first] = event
  const places = event.map(({ place }) => place)
  const isRecorded = record?.bodySha256 === first.bodySha256
  if (isRecorded && record.processed && record.outcome !== null) return judgeDecided(first, record, context)

  // Undecided, unrecorded, or a conflict: the message itself must still be on its way, or stand in the dead letters.
  const progress = progressOf(places, context.index)
  if (progress !== 'consumed') return { kind: 'inFlight', reason: progress }
  // Each delivery for itself: one that was replayed may not hide behind the dead letter that it was made from.
  const dropped = places.find((place) => context.index.deadLetterOf(place) === undefined)
  if (dropped === undefined) return { kind: 'deadLettered' }

  const at = `its offset (${placeName(dropped)}) is committed`
  const ids = { event: first.key, company: first.companyId, message: placeName(dropped) }
  if (isRecorded) {
    return lost(violation('event_undecided', ids, `event ${first.key} is recorded without a decision, although ${at}`))
  }
  if (record !== undefined) {
    const sentence = `event ${first.key} was recorded with another body, and this one is in no dead-letter topic, although ${at}`
    return lost(violation('conflict_unreported', ids, sentence))
  }
  const sentence = `event ${first.key} is neither recorded nor in a dead-letter topic, although ${at}`
  return lost(violation('event_unrecorded', ids, sentence))
}

function judgeDecided(event: AcceptedMessage, record: EventRecord, context: EventContext): EventFate {
  const { facts } = context
  if (record.outcome === 'insignificant') {
    const type = record.classifiedAs ?? event.type
    if (facts.significantTypes?.has(type) !== true) return { kind: 'insignificant' }
    const sentence = `event ${event.key} of the significant type ${type} was decided as insignificant`
    return lost(violation('event_ignored', { event: event.key, company: event.companyId }, sentence))
  }
  // Also a company that the event does not name but that it waits for must come.
  const fates = [...new Set([...event.companies, ...record.waitingFor])].map((companyId) =>
    judgeCompany(event, record, companyId, context),
  )
  // The worst of the companies is what became of the event.
  return (
    fates.find(({ kind }) => kind === 'lost') ??
    fates.find(({ kind }) => kind === 'inFlight') ??
    fates.find(({ kind }) => kind === 'deadLettered') ?? { kind: 'covered' }
  )
}

function judgeCompany(
  event: AcceptedMessage,
  record: EventRecord,
  companyId: string,
  context: EventContext,
): EventFate {
  const ids = { event: event.key, company: companyId }
  if (record.waitingFor.includes(companyId)) {
    const fate = findWhatItWaitsFor(record, companyId, context)
    if (fate !== undefined) return fate
    const sentence = `event ${event.key} waits for a refresh of company ${companyId}, but its window has nothing pending, and no command is on its way or in a dead-letter topic`
    return lost(violation('event_forgotten', ids, sentence))
  }
  const coverages = record.coveredBy.filter((coverage) => coverage.companyId === companyId)
  const [coverage] = coverages
  if (coverage === undefined) {
    const sentence = `event ${event.key} no longer waits for company ${companyId}, but no refresh of it covered the event`
    return lost(violation('event_uncovered', ids, sentence))
  }
  // Deciding clears the detector's error: one that is there now is of a refresh that left the event out.
  if (record.error !== undefined) {
    const sentence = `event ${event.key} was released by refresh ${coverage.refreshId} of company ${companyId} without being folded (${record.error})`
    return lost(violation('event_released_unfolded', { ...ids, refresh: coverage.refreshId }, sentence))
  }
  const problem = findCoverageProblem(record, coverage, context)
  return problem === undefined ? { kind: 'covered' } : lost(problem)
}

/** What will refresh the company; undefined if nothing will. */
function findWhatItWaitsFor(
  record: EventRecord,
  companyId: string,
  { facts, index }: EventContext,
): EventFate | undefined {
  const window = index.window(companyId)
  if (window?.hasPending) return { kind: 'inFlight', reason: 'window' }
  if (window !== undefined && window.outbox !== null) return { kind: 'inFlight', reason: 'outbox' }
  const commands = index.commandsOf(companyId)
  const open = commands.map(({ place }) => progressOf([place], index)).find((progress) => progress !== 'consumed')
  if (open !== undefined) return { kind: 'inFlight', reason: open === 'retry' ? 'retry' : 'command' }
  // Only a command that would have folded the event speaks for it: its own, or one that was claimed after it came.
  const isDeadLettered = commands.some(
    ({ commandId, requestedAt, place }) =>
      index.deadLetterOf(place) !== undefined &&
      (record.commandIds.includes(commandId) || requestedAt >= record.receivedAt - facts.clockToleranceMs),
  )
  return isDeadLettered ? { kind: 'deadLettered' } : undefined
}

const lost = (found: Violation): EventFate => ({ kind: 'lost', violation: found })
