import { defineStep } from '@buyer-group/pipeline/step.ts'
import { mergeSightings } from '@buyer-group/rules/folding/merge-sightings.ts'
import { planPeople } from '@buyer-group/rules/folding/plan-people.ts'
import { toSighting } from '@buyer-group/rules/folding/waiting-change.ts'
import { personIdOf } from '../directory/person-id.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Checked, Directory } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/**
 * Reads the people and positions of the local directory that the refresh needs: the people whom the waiting changes
 * name beside the company's active positions, then the other positions of these people beside the people of the others.
 * Two times two round trips at most, whatever the size of the group, shared with the refreshes under way.
 */
export const loadDirectory = defineStep({
  name: 'loadDirectory',
  idempotencyKey: stepKey('loadDirectory'),
  retryable: true,
  execute: async (checked: Checked, { stores }: Pick<RefreshContext, 'stores'>): Promise<Directory> => {
    const { people: directory, positions: places } = stores
    const { companyId } = checked.command
    const sightings = checked.changes.map(toSighting)
    const claims = mergeSightings(sightings)
    const [claimedPeople, active] = await Promise.all([
      claims.length === 0 ? [] : directory.findClaimed(claims),
      places.findActive(companyId),
    ])
    const plan = planPeople(claimedPeople, claims, personIdOf)
    const people = new Map(plan.people.map((person) => [person.personId, person]))
    const positions = new Map(active.map((position) => [position.personId, position]))

    const otherPeople = [...positions.keys()].filter((personId) => !people.has(personId))
    const otherPlaces = [...new Set(plan.personIds.values())].filter((personId) => !positions.has(personId))
    const [others, ended] = await Promise.all([
      otherPeople.length === 0 ? undefined : directory.find(otherPeople),
      otherPlaces.length === 0 ? [] : places.findOf({ companyId, personIds: otherPlaces }),
    ])
    for (const personId of otherPeople) {
      const person = others?.get(personId)
      if (person !== undefined) people.set(personId, person)
    }
    const asked = new Set(otherPlaces)
    for (const position of ended) if (asked.has(position.personId)) positions.set(position.personId, position)
    return {
      ...checked,
      sightings,
      claimedPeople,
      personIds: plan.personIds,
      people,
      positions: [...positions.values()],
    }
  },
})
