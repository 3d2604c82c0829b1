import type { Notice } from './audit-report.ts'
import type { FactIndex } from './fact-index.ts'
import type { AuditFacts, DeadLetter, GroupFact } from './facts.ts'

/**
 * Companies whose stored group could not be published and whose command stands in the dead letters with the reason.
 * Nothing is lost, but no later refresh goes before that group: each ends in the dead letters too until it can be
 * published (docs/operations/too-large-groups.md).
 */
export function findUndeliverable({ groups }: AuditFacts, index: FactIndex): readonly Notice[] {
  return groups.flatMap((group) => {
    const deadLetter = deadLetterOf(group, index)
    if (group.isPublished || deadLetter === undefined) return []
    const { companyId, commandId, refreshId, sequence } = group
    const ids = { company: companyId, command: commandId, refresh: refreshId, sequence }
    const sentence = `the group of company ${companyId} (sequence ${sequence}) is stored but could not be published (${deadLetter.code}); its refreshes go to the dead letters until it can: see docs/operations/too-large-groups.md`
    return [{ kind: 'group_undeliverable', ids, sentence }]
  })
}

/** The dead letter of the command that a group was stored by. */
export function deadLetterOf({ commandId }: GroupFact, index: FactIndex): DeadLetter | undefined {
  const letters = index.commandMessages(commandId).map(({ place }) => index.deadLetterOf(place))
  return letters.find((letter) => letter !== undefined)
}
