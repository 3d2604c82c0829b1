import { mergeSightings } from '@buyer-group/rules/folding/merge-sightings.ts'
import type { PersonSighting } from '@buyer-group/rules/folding/person-sighting.ts'
import { planPeople } from '@buyer-group/rules/folding/plan-people.ts'
import type { Directory } from '../refresh-state.ts'
import type { RefresherStores, ShownPerson } from '../stores/stores.ts'
import { personIdOf } from './person-id.ts'

/**
 * Reads the people and positions that a refresh needs: the people whom the sightings name beside the company's active
 * positions, then the other positions of these people beside the people of the others. Two times two round trips at most,
 * whatever the size of the group, shared with the refreshes under way.
 * `known` spares what was read for fewer sightings of the same refresh.
 */
export async function readDirectory(
  { people: directory, positions: places }: Pick<RefresherStores, 'people' | 'positions'>,
  companyId: string,
  sightings: readonly PersonSighting[],
  known?: Pick<Directory, 'people' | 'positions'>,
): Promise<Directory> {
  const claims = mergeSightings(sightings)
  const [claimedPeople, active] = await Promise.all([
    claims.length === 0 ? [] : directory.findClaimed(claims),
    known?.positions ?? places.findActive(companyId),
  ])
  const plan = planPeople(claimedPeople, claims, personIdOf)
  const people = new Map<string, ShownPerson>(known?.people)
  for (const person of plan.people) people.set(person.personId, person)
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
  return { sightings, claimedPeople, personIds: plan.personIds, people, positions: [...positions.values()] }
}
