import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import type { DirectoryStore } from './stores.ts'

/** The people in `people` with their places in `positions`: two round trips. */
export function createMongoDirectoryStore({
  people,
  positions,
}: Pick<Collections, 'people' | 'positions'>): DirectoryStore {
  return {
    findCompanies: async (sourceIds) => {
      const found = await people
        .find({ sourceIds: { $in: [...sourceIds] } })
        .project<{ personId: string; sourceIds: string[] }>({ _id: 0, personId: 1, sourceIds: 1 })
        .toArray()
      if (found.length === 0) return new Map()
      const places = await positions
        .find({ personId: { $in: found.map(({ personId }) => personId) }, active: true })
        .project<{ personId: string; companyId: string }>({ _id: 0, personId: 1, companyId: 1 })
        .toArray()
      const byPerson = Map.groupBy(places, ({ personId }) => personId)
      const asked = new Set(sourceIds)
      return new Map(
        found.flatMap((person) => {
          const companyIds = byPerson
            .get(person.personId)
            ?.map(({ companyId }) => companyId)
            .sort()
          if (companyIds === undefined) return []
          return person.sourceIds.filter((id) => asked.has(id)).map((id) => [id, companyIds] as const)
        }),
      )
    },
  }
}
