import type { PersonWrite } from '@buyer-group/rules/folding/plan-people.ts'
import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import { inStatements, lookUp } from '@buyer-group/shared/mongo/rules/look-up.ts'
import type { AnyBulkWriteOperation, Collection, Document, Filter } from 'mongodb'
import { findClaimed } from './find-people.ts'
import { insertUnlessThere } from './insert-unless-there.ts'
import type { PeopleTable } from './save-people.ts'
import { storedStamp } from './update-expressions.ts'
import { tryBulkWrite } from './write-in-bulk.ts'

/** The people in `people`; each call is one round trip. */
export function createPeopleTable(collection: Collection<PersonDoc>): PeopleTable {
  return {
    findClaimed: (claims) => findClaimed(collection, claims),
    write: async (writes) => {
      const added = writes.filter(isNew)
      const restated = writes.filter(isRestated)
      const others = writes.filter((write) => !isNew(write) && !isRestated(write))
      const operations = [
        // First, so that whoever gets the address finds it free.
        ...writes.flatMap(toYield),
        ...added.map(({ after }) => insertUnlessThere({ personId: after.personId }, after)),
        ...inStatements(restated).map(toStatement),
        ...others.map((write) => toStatement([write])),
      ]
      const { lost } = await tryBulkWrite(collection, operations)
      return lost.length === 0
    },
  }
}

const isNew = ({ before }: PersonWrite) => before === null

/** By far the most: the same ids and the same address, seen later. Nobody can have taken these keys, so many go together. */
function isRestated({ before, after }: PersonWrite): boolean {
  return before !== null && after.sourceIds === before.sourceIds && after.email === before.email
}

/**
 * An address that goes to somebody who names it with a time: the only way in which a person comes to have none. Only where
 * it is still the one that was read, by the stamp that was read: since then it may have come with a time.
 */
function toYield({ before, after }: PersonWrite): AnyBulkWriteOperation<PersonDoc>[] {
  if (before?.email === undefined || after.email !== undefined) return []
  const { personId, email, emailChanged } = before
  const filter = { personId, email, emailChanged } as Filter<PersonDoc>
  return [{ updateOne: { filter, update: { $set: { emailConflict: email }, $unset: { email: '' } } } }]
}

/** Writes these people, each field where it is newer than the stored one at the time of writing, whatever the plan had read. */
function toStatement(writes: readonly PersonWrite[]): AnyBulkWriteOperation<PersonDoc> {
  const personIds = writes.map(({ after }) => after.personId)
  const update = [
    { $set: { fresh: lookUp('$personId', personIds, writes.map(freshOf)) } },
    SET_NEWER,
    { $unset: 'fresh' },
  ]
  return { updateMany: { filter: { personId: { $in: personIds } }, update } }
}

function freshOf({ before, after }: PersonWrite): Document {
  const { name, changedAt, changedBy, email, emailConflict, emailChanged } = after
  const addedIds = after.sourceIds.filter((sourceId) => !before?.sourceIds.includes(sourceId))
  const address = {
    ...(email === undefined ? {} : { email }),
    ...(emailConflict === undefined ? {} : { emailConflict }),
    ...(emailChanged === undefined ? {} : { emailChanged }),
  }
  return { name, changedAt, changedBy, addedIds, ...address }
}

const IS_NAMED = { $lt: [storedStamp, { at: '$fresh.changedAt', by: '$fresh.changedBy' }] }

/** A stored address without a stamp of its own comes from the person's last change. */
const STORED_EMAIL_STAMP = {
  $ifNull: ['$emailChanged', { $cond: [{ $gt: ['$email', null] }, storedStamp, '$emailChanged'] }],
}

/** Never where what is fresh says nothing of an address: nothing is less than what is missing. */
const IS_ADDRESSED = { $lt: [STORED_EMAIL_STAMP, '$fresh.emailChanged'] }
const IS_FREE = { $eq: [{ $type: '$fresh.emailConflict' }, 'missing'] }

/** Every expression reads the document as it was before; one that comes to nothing removes its field. */
const SET_NEWER = {
  $set: {
    name: { $cond: [IS_NAMED, '$fresh.name', '$name'] },
    changedAt: { $cond: [IS_NAMED, '$fresh.changedAt', '$changedAt'] },
    changedBy: { $cond: [IS_NAMED, '$fresh.changedBy', '$changedBy'] },
    sourceIds: {
      $cond: [{ $eq: ['$fresh.addedIds', []] }, '$sourceIds', { $setUnion: ['$sourceIds', '$fresh.addedIds'] }],
    },
    email: { $cond: [{ $and: [IS_ADDRESSED, IS_FREE] }, '$fresh.email', '$email'] },
    emailConflict: { $cond: [IS_ADDRESSED, '$fresh.emailConflict', '$emailConflict'] },
    emailChanged: { $cond: [IS_ADDRESSED, '$fresh.emailChanged', STORED_EMAIL_STAMP] },
  },
}
