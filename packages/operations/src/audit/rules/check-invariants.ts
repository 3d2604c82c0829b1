import type { AuditReport, Violation } from './audit-report.ts'
import { checkClaims } from './check-claims.ts'
import { checkCommands } from './check-commands.ts'
import { checkCurrentState } from './check-current-state.ts'
import { checkEvents } from './check-events.ts'
import { checkExpired } from './check-expired.ts'
import { checkResults } from './check-results.ts'
import { type FactIndex, indexFacts } from './fact-index.ts'
import type { AuditFacts } from './facts.ts'
import { findUndeliverable } from './find-undeliverable.ts'
import { countEffect, identityOf } from './violation.ts'

/**
 * Holds the invariants of guarantees.md (I1 to I5, as far as they can be read off a system from outside) against the
 * facts. Repeated messages, superseded commands, extra trailing refreshes and everything in flight are legal.
 */
export function checkInvariants(facts: AuditFacts): AuditReport {
  const index = indexFacts(facts)
  const events = checkEvents(facts, index)
  const claims = checkClaims(facts)
  const results = checkResults(facts)
  const violations = [
    ...events.violations,
    ...checkExpired(facts),
    ...checkCommands(facts, index),
    ...claims.violations,
    ...results.violations,
    ...checkCurrentState(facts, index),
  ]
  return {
    counts: {
      ...events.counts,
      unreadable: facts.unreadable.length,
      deadLetters: facts.deadLetters.length,
      requests: new Set(facts.requests.map(({ requestId }) => requestId)).size,
      commands: claims.commands,
      commandsPerWindow: claims.commandsPerWindow,
      refreshes: results.refreshes,
      resultsPerRefresh: results.resultsPerRefresh,
      companies: facts.groups.length,
      ...effectsOf(violations),
    },
    inFlight: events.counts.inFlight + countMoving(facts, index),
    violations,
    notices: findUndeliverable(facts, index),
  }
}

/** The later of two reports on a system that moves, with only those violations that stood in the earlier one too. */
export function confirmViolations(earlier: AuditReport, later: AuditReport): AuditReport {
  const known = new Set(earlier.violations.map(identityOf))
  const violations = later.violations.filter((found) => known.has(identityOf(found)))
  return { ...later, counts: { ...later.counts, ...effectsOf(violations) }, violations }
}

const effectsOf = (violations: readonly Violation[]) => ({
  lost: countEffect(violations, 'lost'),
  twice: countEffect(violations, 'twice'),
})

function countMoving(facts: AuditFacts, index: FactIndex): number {
  const messages = [...facts.accepted, ...facts.requests, ...facts.commands].map(({ place }) => place)
  const unconsumed = [...messages, ...facts.unreadable].filter((place) => !index.isConsumed(place)).length
  const windows = facts.windows.filter(({ hasPending, outbox }) => hasPending || outbox !== null).length
  return unconsumed + facts.retries.length + windows
}
