import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import type { End } from './expected-end.ts'

/** What the database says now, in the form of `expectedEnd`. */
export async function readEnd({
  people,
  positions,
  buyerGroups,
}: Pick<Collections, 'people' | 'positions' | 'buyerGroups'>): Promise<End> {
  const everybody = await people.find().toArray()
  const sourceIds = new Map(everybody.map(({ personId, sourceIds }) => [personId, sourceIds.join('+')]))
  const active = await positions.find({ active: true }).toArray()
  const groups = await buyerGroups.find().toArray()
  return {
    people: everybody.map(({ sourceIds, name }) => `${sourceIds.join('+')} ${name}`).sort(),
    positions: active
      .map(({ companyId, personId, title }) => `${companyId} ${sourceIds.get(personId)} ${title}`)
      .sort(),
    members: groups
      .flatMap(({ companyId, members }) =>
        members.map(({ personId, title }) => `${companyId} ${sourceIds.get(personId)} ${title}`),
      )
      .sort(),
  }
}
