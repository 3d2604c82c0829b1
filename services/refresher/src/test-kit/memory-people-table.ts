import { compareStamps } from '@buyer-group/rules/folding/change-stamp.ts'
import type { PersonWrite } from '@buyer-group/rules/folding/plan-people.ts'
import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { MemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import type { PeopleTable } from '../directory/save-people.ts'

/** The people in memory: person id, source ids and address are unique, as MongoDB's indexes keep them. */
export function createMemoryPeopleTable({ people, between }: MemoryDatabase): PeopleTable {
  /** False where someone else holds one of its keys. */
  const put = (person: PersonDoc): boolean => {
    for (const other of people.values()) {
      if (other.personId === person.personId) continue
      if (person.email !== undefined && other.email === person.email) return false
      if (other.sourceIds.some((sourceId) => person.sourceIds.includes(sourceId))) return false
    }
    people.set(person.personId, person)
    return true
  }

  return {
    findClaimed: async (claims) => {
      const sourceIds = new Set(claims.map((claim) => claim.sourceId))
      const emails = new Set(claims.flatMap((claim) => claim.email?.address ?? []))
      return [...people.values()].filter(
        (person) =>
          person.sourceIds.some((sourceId) => sourceIds.has(sourceId)) ||
          (person.email !== undefined && emails.has(person.email)),
      )
    },

    write: async (writes) => {
      let lost = 0
      for (const { before, after } of writes) {
        await between()
        const stored = people.get(after.personId)
        if (before === null) lost += stored === undefined && put(after) ? 0 : 1
        else if (stored !== undefined) lost += put(merged(stored, { before, after })) ? 0 : 1
      }
      return lost === 0
    },
  }
}

/** What directory/people-table.ts has MongoDB do: each field only where it is newer than the stored one. */
function merged(stored: PersonDoc, { before, after }: PersonWrite): PersonDoc {
  const isNewer = compareStamps({ at: stored.changedAt, by: stored.changedBy }, stampOf(after)) < 0
  const named = isNewer ? { name: after.name, changedAt: after.changedAt, changedBy: after.changedBy } : {}
  const added = after.sourceIds.filter((id) => !before?.sourceIds.includes(id) && !stored.sourceIds.includes(id))
  const { emailChanged } = after
  const isOnlyNamed =
    after.sourceIds === before?.sourceIds &&
    after.email === before.email &&
    after.emailConflict === before.emailConflict &&
    after.emailChanged === before.emailChanged
  const next: PersonDoc = { ...stored, ...named, sourceIds: [...stored.sourceIds, ...added] }
  if (isOnlyNamed || emailChanged === undefined) return next
  if (before?.email !== undefined && after.email === undefined) {
    const isAsRead = stored.email === before.email && compareStamps(stored.emailChanged, before.emailChanged) === 0
    return isAsRead ? withoutEmail(next, after) : next
  }
  const storedStamp = stored.emailChanged ?? (stored.email === undefined ? undefined : stampOf(stored))
  if (compareStamps(storedStamp, emailChanged) >= 0) {
    return storedStamp === undefined ? next : { ...next, emailChanged: storedStamp }
  }
  if (after.emailConflict !== undefined) return { ...next, emailConflict: after.emailConflict, emailChanged }
  const { emailConflict: _settled, ...rest } = next
  return { ...rest, ...(after.email === undefined ? {} : { email: after.email }), emailChanged }
}

function withoutEmail(
  { email: _yielded, ...person }: PersonDoc,
  { emailConflict, emailChanged }: PersonDoc,
): PersonDoc {
  return {
    ...person,
    ...(emailConflict === undefined ? {} : { emailConflict }),
    ...(emailChanged === undefined ? {} : { emailChanged }),
  }
}

const stampOf = ({ changedAt, changedBy }: PersonDoc) => ({ at: changedAt, by: changedBy })
