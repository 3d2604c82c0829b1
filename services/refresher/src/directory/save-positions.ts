import { mergePositions, positionOf } from '@buyer-group/rules/folding/merge-positions.ts'
import type { PositionChange } from '@buyer-group/rules/folding/person-sighting.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { AnyBulkWriteOperation, Collection, Document } from 'mongodb'
import { isNewer, literal, storedStamp } from './update-expressions.ts'
import { writeInBulk } from './write-in-bulk.ts'

export type { PositionChange } from '@buyer-group/rules/folding/person-sighting.ts'

/**
 * Writes what these changes say about positions, each field only where the change is newer than the stored one
 * (the same rule as `mergePositions`, run by the database on the stored document, so that writers may race).
 * One bulk write per thousand positions; equal calls are harmless.
 * @throws AppError `write_conflict` (retryable) when inserts kept racing, or the driver's error.
 */
export async function savePositions(
  positions: Collection<PositionDoc>,
  changes: readonly PositionChange[],
): Promise<void> {
  await writeInBulk(positions, [...mergeChanges(changes).values()].map(toUpsert))
}

function mergeChanges(changes: readonly PositionChange[]): Map<string, PositionDoc> {
  const merged = new Map<string, PositionDoc>()
  for (const change of changes) {
    const key = JSON.stringify([change.companyId, change.personId])
    const position = positionOf(change)
    const known = merged.get(key)
    merged.set(key, known === undefined ? position : mergePositions(known, position))
  }
  return merged
}

function toUpsert(change: PositionDoc): AnyBulkWriteOperation<PositionDoc> {
  const { companyId, personId } = change
  return { updateOne: { filter: { companyId, personId }, update: [{ $set: fieldsOf(change) }], upsert: true } }
}

/** Every expression reads the document as it was before the update. */
function fieldsOf(change: PositionDoc): Document {
  const newer = isNewer(storedStamp, { at: change.changedAt, by: change.changedBy })
  return {
    active: { $cond: [newer, change.active, '$active'] },
    changedAt: { $cond: [newer, change.changedAt, '$changedAt'] },
    changedBy: { $cond: [newer, literal(change.changedBy), '$changedBy'] },
    ...titleFields(change),
    ...departmentFields(change),
  }
}

/** A stored title without a stamp of its own comes from the position's last change. */
const storedTitleStamp = {
  $ifNull: ['$titleChanged', { $cond: [{ $eq: [{ $ifNull: ['$title', ''] }, ''] }, '$titleChanged', storedStamp] }],
}

function titleFields(change: PositionDoc): Document {
  const { titleChanged, title, seniority } = change
  if (titleChanged === undefined) {
    return {
      title: { $ifNull: ['$title', ''] },
      seniority: { $ifNull: ['$seniority', literal(seniority)] },
      titleChanged: storedTitleStamp,
    }
  }
  const newer = isNewer(storedTitleStamp, titleChanged)
  return {
    title: { $cond: [newer, literal(title), '$title'] },
    seniority: { $cond: [newer, literal(seniority), '$seniority'] },
    titleChanged: { $cond: [newer, literal(titleChanged), '$titleChanged'] },
  }
}

function departmentFields(change: PositionDoc): Document {
  const { departmentChanged, titleChanged, department } = change
  if (departmentChanged !== undefined) {
    const newer = isNewer('$departmentChanged', departmentChanged)
    return {
      department: { $cond: [newer, literal(department), '$department'] },
      departmentChanged: { $cond: [newer, literal(departmentChanged), '$departmentChanged'] },
    }
  }
  const fallback = { $ifNull: ['$department', literal(department)] }
  if (titleChanged === undefined) return { department: fallback }
  const unnamed = { $eq: [{ $type: '$departmentChanged' }, 'missing'] }
  const readFromTitle = { $and: [unnamed, isNewer(storedTitleStamp, titleChanged)] }
  return { department: { $cond: [readFromTitle, literal(department), fallback] } }
}
