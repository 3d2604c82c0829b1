import type { PositionWrite } from '@buyer-group/rules/folding/plan-positions.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { GatheredWrite } from '@buyer-group/shared/mongo/gathering/gather-writes.ts'
import type { AnyBulkWriteOperation } from 'mongodb'
import { insertUnlessThere } from './insert-unless-there.ts'

/**
 * Writes positions as they were computed where they are still as they were read: plain updates, a fraction of what the
 * database needs for comparing stamps itself. Says whether every one is certain to be written; where not,
 * `savePositions` writes the changes, whatever is stored by now.
 */
export async function writePositions(
  write: GatheredWrite<PositionDoc>,
  writes: readonly PositionWrite[],
): Promise<boolean> {
  const outcomes = await Promise.all(writes.map((one) => write(toOperation(one))))
  return outcomes.every((outcome) => outcome === 'written')
}

function toOperation({ before, after }: PositionWrite): AnyBulkWriteOperation<PositionDoc> {
  if (before === null) {
    const { companyId, personId } = after
    return insertUnlessThere({ companyId, personId }, after)
  }
  const { companyId, personId, changedAt, changedBy } = before
  // The stamps tell all there is to tell: whoever changes a field advances its stamp.
  const titleChanged = before.titleChanged ?? { $exists: false }
  const departmentChanged = before.departmentChanged ?? { $exists: false }
  const filter = { companyId, personId, changedAt, changedBy, titleChanged, departmentChanged }
  return { updateOne: { filter, update: { $set: differenceOf(before, after) } } }
}

/** Never empty: what is written has a stamp that is newer. Fields are only ever added. */
function differenceOf(before: PositionDoc, after: PositionDoc): Partial<PositionDoc> {
  const changed = Object.entries(after).filter(([field, value]) => before[field as keyof PositionDoc] !== value)
  return Object.fromEntries(changed)
}
