import { foldChanges } from '@buyer-group/rules/folding/fold-changes.ts'
import { mergeSightings } from '@buyer-group/rules/folding/merge-sightings.ts'
import { planPeople } from '@buyer-group/rules/folding/plan-people.ts'
import { composeMembers } from '@buyer-group/rules/membership/compose-members.ts'
import type { BuyerGroupProfile } from '@buyer-group/rules/membership/profile-parts.ts'
import { toMember } from '@buyer-group/rules/membership/to-member.ts'
import { withTodaysReading } from '@buyer-group/rules/membership/todays-reading.ts'
import type { Member } from '@buyer-group/shared/messages/messages.ts'
import type { PersonDoc, PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Side } from './side.ts'
import type { TracedChange } from './traced-change.ts'
import { countUntold, undoChanges } from './undo-changes.ts'

/** What the directory holds of one company, and what the events say of the people whom the sides treat differently. */
export interface CompanyFacts {
  readonly companyId: string
  readonly positions: readonly PositionDoc[]
  /** Everybody of the positions, and everybody whom a source id or an address of the changes belongs to. */
  readonly people: readonly PersonDoc[]
  readonly changes: readonly TracedChange[]
}

export interface ComposedGroup {
  readonly members: readonly Member[]
  /** Fields left as they are because nothing tells what they were. */
  readonly untold: number
}

/** A person whom the directory does not hold yet. */
const newPersonId = (sourceId: string) => `new:${sourceId}`

/**
 * The group that one side makes of the company, from the stored positions: what the side leaves out is undone, what it
 * takes is folded as a refresh folds it, and titles are read as a refresh reads them. Changes that are stored already are
 * folded without effect.
 */
export function composeGroup(facts: CompanyFacts, side: Side, profile: BuyerGroupProfile): ComposedGroup {
  const { companyId, positions, people, changes } = facts
  const { personIds } = planPeople(people, mergeSightings(changes.map(({ sighting }) => sighting)), newPersonId)
  const folded = changes.filter(({ isFolded }) => isFolded[side])
  const after = planPeople(people, mergeSightings(folded.map(({ sighting }) => sighting)), newPersonId)

  const leftOut = Map.groupBy(
    changes.filter(({ isFolded }) => !isFolded[side]),
    ({ sourceId }) => personIds.get(sourceId),
  )
  const undone = positions.map((position) => undoChanges(position, leftOut.get(position.personId) ?? []))
  const stands = foldChanges(
    undone,
    folded.flatMap(({ sourceId, placement, sighting }) => {
      const personId = personIds.get(sourceId)
      if (personId === undefined) return []
      const { active, title, department } = placement
      const { changedAt, changedBy } = sighting
      return [{ companyId, personId, active, title, department, changedAt, changedBy }]
    }),
  )
  const active = [...stands.positions.values()].filter((position) => position.active).map(withTodaysReading)
  const byId = new Map(after.people.map((person) => [person.personId, person]))
  return {
    members: composeMembers(
      active.map((position) => toMember(position, byId.get(position.personId), profile)),
      profile,
    ),
    untold: active.reduce((sum, position) => sum + countUntold(position), 0),
  }
}
