import type { PersonWrite } from '@buyer-group/rules/folding/plan-people.ts'
import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { AnyBulkWriteOperation, Collection, Document, Filter } from 'mongodb'
import { findClaimed } from './find-people.ts'
import { insertUnlessThere } from './insert-unless-there.ts'
import type { PeopleTable } from './save-people.ts'
import { isNewer, literal, storedStamp } from './update-expressions.ts'
import { tryBulkWrite } from './write-in-bulk.ts'

/** The people in `people`; each call is one round trip. */
export function createPeopleTable(collection: Collection<PersonDoc>): PeopleTable {
  return {
    findClaimed: (claims) => findClaimed(collection, claims),
    write: async (writes) => (await tryBulkWrite(collection, writes.map(toOperation))).length === 0,
  }
}

function toOperation({ before, after }: PersonWrite): AnyBulkWriteOperation<PersonDoc> {
  if (before === null) return insertUnlessThere({ personId: after.personId }, after)
  if (isOnlyNamed(before, after)) return { updateOne: { filter: namedBefore(after), update: { $set: nameOf(after) } } }
  return { updateOne: { filter: { personId: after.personId }, update: [{ $set: changesOf(before, after) }] } }
}

/** A later sighting that says nothing new of ids and address: by far the most, and far cheaper as a plain update. */
function isOnlyNamed(before: PersonDoc, after: PersonDoc): boolean {
  return (
    after.sourceIds === before.sourceIds &&
    after.email === before.email &&
    after.emailConflict === before.emailConflict &&
    after.emailChanged === before.emailChanged
  )
}

const nameOf = ({ name, changedAt, changedBy }: PersonDoc) => ({ name, changedAt, changedBy })

/** The person, where their name is older than this one at the time of writing. */
function namedBefore({ personId, changedAt, changedBy }: PersonDoc): Filter<PersonDoc> {
  return { personId, $or: [{ changedAt: { $lt: changedAt } }, { changedAt, changedBy: { $lt: changedBy } }] }
}

/** Each field only where it is newer than the stored one at the time of writing, whatever the plan had read. */
function changesOf(before: PersonDoc, after: PersonDoc): Document {
  const added = after.sourceIds.filter((sourceId) => !before.sourceIds.includes(sourceId))
  const newer = isNewer(storedStamp, { at: after.changedAt, by: after.changedBy })
  return {
    name: { $cond: [newer, literal(after.name), '$name'] },
    changedAt: { $cond: [newer, after.changedAt, '$changedAt'] },
    changedBy: { $cond: [newer, literal(after.changedBy), '$changedBy'] },
    ...(added.length === 0 ? {} : { sourceIds: { $setUnion: ['$sourceIds', literal(added)] } }),
    ...emailChanges(after),
  }
}

/** A stored address without a stamp of its own comes from the person's last change. */
const storedEmailStamp = {
  $ifNull: ['$emailChanged', { $cond: [{ $gt: ['$email', null] }, storedStamp, '$emailChanged'] }],
}

function emailChanges({ email, emailConflict, emailChanged }: PersonDoc): Document {
  if (emailChanged === undefined) return {}
  const newer = isNewer(storedEmailStamp, emailChanged)
  const taken = emailConflict === undefined
  return {
    email: taken ? { $cond: [newer, literal(email), '$email'] } : '$email',
    emailConflict: { $cond: [newer, taken ? '$$REMOVE' : literal(emailConflict), '$emailConflict'] },
    emailChanged: { $cond: [newer, literal(emailChanged), storedEmailStamp] },
  }
}
