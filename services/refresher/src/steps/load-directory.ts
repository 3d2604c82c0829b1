import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import { findClaimed } from '../directory/find-people.ts'
import { personIdOf } from '../directory/person-id.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Checked, Directory } from '../refresh-state.ts'
import { mergeSightings } from '../rules/merge-sightings.ts'
import { planPeople } from '../rules/plan-people.ts'
import { toSighting } from '../rules/waiting-change.ts'
import { stepKey } from './step-key.ts'

/** Large enough that no list below takes a second round trip. */
const ONE_BATCH = 100_000

/**
 * Reads the people and positions of the local directory that the refresh needs: the people whom the waiting changes
 * name, the company's active positions and those of these people, then the people of the other positions.
 * Three round trips, whatever the size of the group.
 */
export const loadDirectory = defineStep({
  name: 'loadDirectory',
  idempotencyKey: stepKey('loadDirectory'),
  retryable: true,
  execute: async (checked: Checked, { collections }: Pick<RefreshContext, 'collections'>): Promise<Directory> => {
    const sightings = checked.changes.map(toSighting)
    const claims = mergeSightings(sightings)
    const claimedPeople = await findClaimed(collections.people, claims)
    const plan = planPeople(claimedPeople, claims, personIdOf)

    const seen = [...new Set(plan.personIds.values())]
    const positions = await collections.positions
      .find(
        { companyId: checked.command.companyId, $or: [{ active: true }, { personId: { $in: seen } }] },
        { projection: { _id: 0 }, batchSize: ONE_BATCH },
      )
      .toArray()

    const people = new Map(plan.people.map((person) => [person.personId, person]))
    const others = positions.map(({ personId }) => personId).filter((personId) => !people.has(personId))
    for (const person of await findPeople(others, collections)) people.set(person.personId, person)
    return { ...checked, sightings, claimedPeople, personIds: plan.personIds, people, positions }
  },
})

async function findPeople(
  personIds: readonly string[],
  { people }: RefreshContext['collections'],
): Promise<PersonDoc[]> {
  if (personIds.length === 0) return []
  const options = { projection: { _id: 0 }, batchSize: ONE_BATCH }
  return people.find({ personId: { $in: [...personIds] } }, options).toArray()
}
