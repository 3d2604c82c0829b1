import { GAP_STAMP } from '@buyer-group/rules/folding/sourced-people.ts'
import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { PeopleStore, PositionStore, ShownPerson } from '../stores/stores.ts'
import type { PeopleSource } from './people-source.ts'

interface DirectoryStores {
  readonly positions: Pick<PositionStore, 'findActive'>
  readonly people: Pick<PeopleStore, 'find'>
}

const NOBODY: ReadonlyMap<string, ShownPerson> = new Map()

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
      const holders = active.length === 0 ? NOBODY : await people.find(active.map(({ personId }) => personId))
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

/** A stored position as a row: a department that was only read from the title is not named. */
function toSourcedPerson(position: PositionDoc, person: ShownPerson): SourcedPerson[] {
  const [sourceId] = person.sourceIds
  if (sourceId === undefined || person.name === '') return []
  const row = {
    sourceId,
    name: person.name,
    email: person.email ?? null,
    title: position.title === '' ? null : position.title,
    department: position.departmentChanged === undefined ? null : position.department,
    active: position.active,
    updatedAt: position.changedBy === GAP_STAMP.by ? null : position.changedAt.toISOString(),
  }
  return [row]
}
