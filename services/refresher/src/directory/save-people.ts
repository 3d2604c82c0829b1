import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { AnyBulkWriteOperation, Collection, Document, Filter } from 'mongodb'
import { mergeSightings, type PersonClaim } from '../rules/merge-sightings.ts'
import type { PersonSighting } from '../rules/person-sighting.ts'
import { type PersonWrite, planPeople } from '../rules/plan-people.ts'
import { findClaimed } from './find-people.ts'
import { insertUnlessThere } from './insert-unless-there.ts'
import { personIdOf } from './person-id.ts'
import { isNewer, literal, storedStamp } from './update-expressions.ts'
import { MAX_RACES, tryBulkWrite, writeConflict } from './write-in-bulk.ts'

export type { PersonSighting } from '../rules/person-sighting.ts'

/** Claims planned and written together. */
const CHUNK = 1_000

/**
 * Finds or creates the people of these sightings and writes what is newer than what is stored.
 * Returns the personId of every source id named. Two round trips per thousand source ids; equal calls are harmless.
 * `known` spares the first read where the caller has just made it: everybody whom a named source id or address
 * belongs to.
 * @throws AppError `write_conflict` (retryable) when races for a unique key did not end, or the driver's error.
 */
export async function savePeople(
  people: Collection<PersonDoc>,
  sightings: readonly PersonSighting[],
  known?: readonly PersonDoc[],
): Promise<Map<string, string>> {
  const claims = mergeSightings(sightings)
  const personIds = new Map<string, string>()
  for (let start = 0; start < claims.length; start += CHUNK) {
    const saved = await saveClaims(people, claims.slice(start, start + CHUNK), known)
    for (const [sourceId, personId] of saved) personIds.set(sourceId, personId)
  }
  return personIds
}

/** A lost race for a unique key shows that the plan was made on old facts: read again and plan again. */
async function saveClaims(
  people: Collection<PersonDoc>,
  claims: readonly PersonClaim[],
  known: readonly PersonDoc[] | undefined,
): Promise<ReadonlyMap<string, string>> {
  for (let attempt = 0; attempt <= MAX_RACES; attempt += 1) {
    const stored = attempt === 0 && known !== undefined ? known : await findClaimed(people, claims)
    const plan = planPeople(stored, claims, personIdOf)
    const lost = await tryBulkWrite(people, plan.writes.map(toOperation))
    if (lost.length === 0) return plan.personIds
  }
  throw writeConflict('people')
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
