import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'
import type { PersonDoc, PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { PeopleStore, PositionStore } from '../stores/stores.ts'
import type { PeopleSource } from './people-source.ts'

interface DirectoryStores {
  readonly positions: Pick<PositionStore, 'findActive'>
  readonly people: Pick<PeopleStore, 'find'>
}

/**
 * The local directory as a people source: a company's active positions beside their people, each with the time of the
 * change that it shows. Two round trips, shared with the refreshes under way; a person that the directory does not hold
 * (erased, say) is left out.
 */
export function createDirectorySource({ positions, people }: DirectoryStores): PeopleSource {
  return {
    name: 'directory',
    findPeople: async ({ companyId }, { signal }) => {
      signal.throwIfAborted()
      const active = await positions.findActive(companyId)
      signal.throwIfAborted()
      const holders = await findHolders(people, active)
      signal.throwIfAborted()
      return active
        .flatMap((position) => {
          const person = holders.get(position.personId)
          return person === undefined ? [] : toSourcedPerson(position, person)
        })
        .toSorted((left, right) => (left.sourceId < right.sourceId ? -1 : 1))
    },
  }
}

/**
 * Those who hold the positions, by personId; whoever is in `known` has been read already and is not read again.
 * No round trip where that is everybody.
 */
export async function findHolders(
  people: Pick<PeopleStore, 'find'>,
  positions: readonly Pick<PositionDoc, 'personId'>[],
  known: ReadonlyMap<string, PersonDoc> = new Map(),
): Promise<ReadonlyMap<string, PersonDoc>> {
  const asked = positions.map(({ personId }) => personId).filter((personId) => !known.has(personId))
  const read = asked.length === 0 ? new Map<string, PersonDoc>() : await people.find(asked)
  return new Map(
    positions.flatMap(({ personId }) => {
      const person = known.get(personId) ?? read.get(personId)
      return person === undefined ? [] : [[personId, person] as const]
    }),
  )
}

/** A stored position as a row: a department that was only read from the title is not named. */
function toSourcedPerson(position: PositionDoc, person: PersonDoc): SourcedPerson[] {
  const [sourceId] = person.sourceIds
  if (sourceId === undefined || person.name === '') return []
  const row = {
    sourceId,
    name: person.name,
    email: person.email ?? null,
    title: position.title === '' ? null : position.title,
    department: position.departmentChanged === undefined ? null : position.department,
    active: position.active,
    updatedAt: position.changedAt.toISOString(),
  }
  return [row]
}
