import type { Violation } from './audit-report.ts'
import { type FactIndex, progressOf } from './fact-index.ts'
import type { AuditFacts, CurrentFact, GroupFact } from './facts.ts'
import { deadLetterOf } from './find-undeliverable.ts'
import { violation } from './violation.ts'

/**
 * I3 and I5 at their end: what subscribers read last of each company is the stored group. A company with a command on
 * its way is left out: its refresh publishes again.
 */
export function checkCurrentState(facts: AuditFacts, index: FactIndex): readonly Violation[] {
  const current = new Map(facts.current.map((state) => [state.companyId, state]))
  const groups = new Map(facts.groups.map((group) => [group.companyId, group]))
  const companies = new Set([...groups.keys(), ...current.keys()])
  return [...companies]
    .filter((companyId) => isAtRest(companyId, index))
    .flatMap((companyId) => compare(groups.get(companyId), current.get(companyId), index) ?? [])
}

const isAtRest = (companyId: string, index: FactIndex) =>
  index.commandsOf(companyId).every(({ place }) => progressOf([place], index) === 'consumed')

function compare(
  group: GroupFact | undefined,
  state: CurrentFact | undefined,
  index: FactIndex,
): Violation | undefined {
  const company = group?.companyId ?? state?.companyId ?? ''
  if (group === undefined) {
    const sentence = `company ${company} has a current state of sequence ${state?.sequence} in Kafka, but no stored group`
    return violation('current_ahead', { company }, sentence)
  }
  const ids = { company, refresh: group.refreshId, command: group.commandId }
  if (!group.isPublished) {
    // A group that the broker refuses is dead-lettered with its command, and noticed: find-undeliverable.ts.
    const isDeadLettered = deadLetterOf(group, index) !== undefined
    const sentence = `the group of company ${company} (sequence ${group.sequence}) was stored but never marked published, and no command is on its way`
    return isDeadLettered ? undefined : violation('group_unpublished', ids, sentence)
  }
  if (state === undefined) {
    const sentence = `the group of company ${company} (sequence ${group.sequence}) is stored and published, but has no current state in Kafka`
    return violation('current_missing', ids, sentence)
  }
  if (state.sequence !== group.sequence) {
    const sentence = `the current state of company ${company} in Kafka has sequence ${state.sequence}, the stored group ${group.sequence}`
    return violation(state.sequence < group.sequence ? 'current_stale' : 'current_ahead', ids, sentence)
  }
  if (state.refreshId !== group.refreshId || state.members !== group.members) {
    const sentence = `the current state of company ${company} in Kafka and the stored group of sequence ${group.sequence} differ`
    return violation('current_differs', ids, sentence)
  }
  return undefined
}
