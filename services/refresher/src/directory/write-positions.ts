import type { PositionWrite } from '@buyer-group/rules/folding/plan-positions.ts'
import { gather } from '@buyer-group/shared/batching/gather.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { inStatements, lookUp } from '@buyer-group/shared/mongo/rules/look-up.ts'
import type { AnyBulkWriteOperation, Collection, Document } from 'mongodb'
import { insertUnlessThere } from './insert-unless-there.ts'
import { tryBulkWrite } from './write-in-bulk.ts'

/** Whether every one is certain to be written; where not, `savePositions` writes the changes, whatever is stored by now. */
type WritePositions = (writes: readonly PositionWrite[]) => Promise<boolean>

/**
 * Writes positions as they were computed where they are still as they were read: a fraction of what the database needs for
 * comparing stamps itself. A hundred changed ones are one statement, and what is asked for side by side is one round trip.
 */
export function createPositionWriter(positions: Collection<PositionDoc>): WritePositions {
  const write = gather<PositionWrite, boolean>({
    maxBatch: 1_000,
    maxInFlight: 1,
    run: (writes) => writeTogether(positions, writes),
  })
  return async (writes) => (await Promise.all(writes.map(write))).every((isCertain) => isCertain)
}

interface Replacement extends PositionWrite {
  readonly before: PositionDoc
}

/** Of each whether it is certain to be written. The database counts what it changed by the round trip. */
async function writeTogether(
  positions: Collection<PositionDoc>,
  writes: readonly PositionWrite[],
): Promise<readonly boolean[]> {
  const changed = writes.filter((write): write is Replacement => write.before !== null)
  const added = writes.filter(({ before }) => before === null)
  const inserts = added.map(({ after }) => {
    const { companyId, personId } = after
    return insertUnlessThere({ companyId, personId }, after)
  })
  const tried = await tryBulkWrite(positions, [...inserts, ...inStatements(changed).map(toStatement)])
  const taken = new Set(tried.lost.map((index) => added[index]))
  const areAllChanged = tried.changed === changed.length
  return writes.map((write) => (write.before === null ? !taken.has(write) : areAllChanged))
}

/**
 * Each where it is exactly as it was read; the stamps tell all there is to tell, since whoever changes a field advances its
 * stamp. A person may have another position at another company of the statement, which this leaves as it is.
 */
function toStatement(writes: readonly Replacement[]): AnyBulkWriteOperation<PositionDoc> {
  const keys = writes.map(({ before: { companyId, personId } }) => [companyId, personId])
  const values = writes.map(({ before, after }) => ({ read: versionOf(before), changes: differenceOf(before, after) }))
  const isAsRead = { $eq: [STORED_VERSION, '$$fresh.read'] }
  const written = { $cond: [isAsRead, { $mergeObjects: ['$$ROOT', '$$fresh.changes'] }, '$$ROOT'] }
  const fresh = lookUp(['$companyId', '$personId'], keys, values)
  const filter = {
    companyId: { $in: [...new Set(writes.map(({ before }) => before.companyId))] },
    personId: { $in: [...new Set(writes.map(({ before }) => before.personId))] },
  }
  return { updateMany: { filter, update: [{ $replaceWith: { $let: { vars: { fresh }, in: written } } }] } }
}

const VERSION_FIELDS = ['companyId', 'personId', 'changedAt', 'changedBy', 'titleChanged', 'departmentChanged'] as const

/** Of a stored position; what it does not have is left out, as in `versionOf`. */
const STORED_VERSION = Object.fromEntries(VERSION_FIELDS.map((field) => [field, `$${field}`]))

function versionOf(position: PositionDoc): Document {
  const known = VERSION_FIELDS.map((field) => [field, position[field]] as const)
  return Object.fromEntries(known.filter(([, value]) => value !== undefined))
}

/** Never empty: what is written has a stamp that is newer. Fields are only ever added. */
function differenceOf(before: PositionDoc, after: PositionDoc): Partial<PositionDoc> {
  const changed = Object.entries(after).filter(([field, value]) => before[field as keyof PositionDoc] !== value)
  return Object.fromEntries(changed)
}
