import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { FILES, readDirectory, readEvents, SOURCE } from './read-congress.ts'
import { type Comparison, comparePositions, type Held } from './rules/compare-positions.ts'
import { foldEvents } from './rules/fold-events.ts'

/**
 * Compares the active positions of every company with the truth: `directory-end`, or after the first `limit` events
 * what those lead to. Companies that the files name and that end empty must have none.
 */
export async function compareWithTruth(
  collections: Pick<Collections, 'people' | 'positions'>,
  limit?: number,
): Promise<Comparison> {
  const start = await readDirectory(FILES.start)
  const events = await readEvents(limit)
  const expected = limit === undefined ? await readDirectory(FILES.end) : foldEvents(start, events)
  const companyIds = new Set([...start.map(({ companyId }) => companyId), ...events.map(({ company }) => company.id)])
  return comparePositions(companyIds, expected, await readActivePositions(collections))
}

/** Everybody's active positions, each person by the id that the source knows them under. */
export async function readActivePositions({
  people,
  positions,
}: Pick<Collections, 'people' | 'positions'>): Promise<readonly Held[]> {
  const known = await people.find({}, { projection: { _id: 0, personId: 1, sourceIds: 1 } }).toArray()
  const ids = new Map(known.map(({ personId, sourceIds }) => [personId, idAtSource(sourceIds) ?? personId]))
  const active = await positions
    .find({ active: true }, { projection: { _id: 0, companyId: 1, personId: 1, title: 1 } })
    .toArray()
  return active.map(({ companyId, personId, title }) => ({
    companyId,
    personId: ids.get(personId) ?? personId,
    title,
  }))
}

function idAtSource(sourceIds: readonly string[]): string | undefined {
  return sourceIds.find((id) => id.startsWith(`${SOURCE}:`))?.slice(SOURCE.length + 1)
}
