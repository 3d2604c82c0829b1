import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import { compareStamps } from './change-stamp.ts'
import type { PersonClaim } from './merge-sightings.ts'
import { isGap } from './sourced-people.ts'

/** What has to be written: a person as stored (null for a new one) and as it must become. */
export interface PersonWrite {
  readonly before: PersonDoc | null
  readonly after: PersonDoc
}

export interface PeoplePlan {
  /** Who each claimed source id is. */
  readonly personIds: ReadonlyMap<string, string>
  /** The people as they will be, the unchanged ones included. */
  readonly people: readonly PersonDoc[]
  readonly writes: readonly PersonWrite[]
}

/**
 * Decides who is who: a person is found by source id, then by normalised address, and is new otherwise. The newest
 * name and the newest address win; an address that someone else holds is not taken but recorded as `emailConflict`,
 * unless they hold it by a row without a time alone: then it goes to whoever names it with one.
 *
 * `stored` must hold everybody whom a claimed source id or address belongs to. `newPersonId` must be deterministic,
 * so that two processes that meet the same new person agree.
 */
export function planPeople(
  stored: readonly PersonDoc[],
  claims: readonly PersonClaim[],
  newPersonId: (sourceId: string) => string,
): PeoplePlan {
  const roster = createRoster(stored)
  const personIds = new Map<string, string>()
  for (const claim of claims) {
    const found = roster.bySource(claim.sourceId) ?? roster.byEmail(claim.email?.address)
    const person = found ?? newPerson(claim, newPersonId(claim.sourceId))
    const holder = roster.byEmail(claim.email?.address)
    const isOthers = holder !== undefined && holder.personId !== person.personId
    const isYielded = isOthers && isGap(holder.emailChanged) && isNews(person, claim) && !isGap(claim.email?.stamp)
    if (isYielded) roster.put(withoutEmail(holder))
    roster.put(withEmail(withName(withSource(person, claim), claim), claim, !isOthers || isYielded))
    personIds.set(claim.sourceId, person.personId)
  }
  return { personIds, people: roster.all(), writes: roster.writes() }
}

const newPerson = (claim: PersonClaim, personId: string): PersonDoc => ({
  personId,
  sourceIds: [claim.sourceId],
  name: claim.name,
  changedAt: claim.named.at,
  changedBy: claim.named.by,
})

function withSource(person: PersonDoc, { sourceId }: PersonClaim): PersonDoc {
  return person.sourceIds.includes(sourceId) ? person : { ...person, sourceIds: [...person.sourceIds, sourceId] }
}

function withName(person: PersonDoc, { name, named }: PersonClaim): PersonDoc {
  const known = { at: person.changedAt, by: person.changedBy }
  if (compareStamps(known, named) >= 0) return person
  return { ...person, ...keepEmailStamp(person), name, changedAt: named.at, changedBy: named.by }
}

/** Is the claim's address newer than the person's? */
function isNews(person: PersonDoc, { email }: PersonClaim): boolean {
  return email !== null && compareStamps(emailStamp(person), email.stamp) < 0
}

/** As if the other had been first: the address stays as the conflict that it would have been then. */
function withoutEmail({ email, ...person }: PersonDoc): PersonDoc {
  return email === undefined ? person : { ...person, emailConflict: email }
}

function withEmail(person: PersonDoc, claim: PersonClaim, isFree: boolean): PersonDoc {
  const { email } = claim
  if (email === null || !isNews(person, claim)) return person
  const { emailConflict: _settled, ...rest } = person
  return isFree
    ? { ...rest, email: email.address, emailChanged: email.stamp }
    : { ...person, emailConflict: email.address, emailChanged: email.stamp }
}

/** A stored address without a stamp of its own comes from the person's last change. */
function emailStamp(person: PersonDoc) {
  if (person.emailChanged !== undefined) return person.emailChanged
  const named = person.email !== undefined || person.emailConflict !== undefined
  return named ? { at: person.changedAt, by: person.changedBy } : undefined
}

function keepEmailStamp(person: PersonDoc): Pick<PersonDoc, 'emailChanged'> {
  const emailChanged = emailStamp(person)
  return emailChanged === undefined ? {} : { emailChanged }
}

/** The people of a plan, found by any of their keys as they stand after the claims taken so far. */
function createRoster(stored: readonly PersonDoc[]) {
  const before = new Map(stored.map((person) => [person.personId, person]))
  const current = new Map(before)
  const idBySource = new Map<string, string>()
  const idByEmail = new Map<string, string>()
  const index = (person: PersonDoc) => {
    for (const sourceId of person.sourceIds) idBySource.set(sourceId, person.personId)
    if (person.email !== undefined) idByEmail.set(person.email, person.personId)
  }
  for (const person of stored) index(person)
  const find = (personId: string | undefined) => (personId === undefined ? undefined : current.get(personId))

  return {
    bySource: (sourceId: string) => find(idBySource.get(sourceId)),
    byEmail: (address: string | undefined) => (address === undefined ? undefined : find(idByEmail.get(address))),
    put: (person: PersonDoc) => {
      const previous = current.get(person.personId)
      if (previous?.email !== undefined && previous.email !== person.email) idByEmail.delete(previous.email)
      current.set(person.personId, person)
      index(person)
    },
    all: () => [...current.values()],
    writes: (): PersonWrite[] =>
      [...current.values()].flatMap((after) => {
        const known = before.get(after.personId) ?? null
        return known === after ? [] : [{ before: known, after }]
      }),
  }
}
