import { mergeSightings, type PersonClaim } from '@buyer-group/rules/folding/merge-sightings.ts'
import type { PersonSighting } from '@buyer-group/rules/folding/person-sighting.ts'
import { type PersonWrite, planPeople } from '@buyer-group/rules/folding/plan-people.ts'
import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import { personIdOf } from './person-id.ts'
import { MAX_RACES, writeConflict } from './write-conflict.ts'

export type { PersonSighting } from '@buyer-group/rules/folding/person-sighting.ts'

/** Where people are stored, each personId, source id and address belonging to one of them. */
export interface PeopleTable {
  /** Everybody whom a claimed source id or address belongs to, as of now. */
  findClaimed(claims: readonly PersonClaim[]): Promise<readonly PersonDoc[]>
  /**
   * Writes each person, field by field where the plan's is newer than what is stored by then. False where a write lost
   * a race for a unique key, which others have meanwhile; any of the other writes took effect or may be repeated.
   */
  write(writes: readonly PersonWrite[]): Promise<boolean>
}

/** Claims planned and written together. */
const CHUNK = 1_000

/**
 * Finds or creates the people of these sightings and writes what is newer than what is stored.
 * Returns the personId of every source id named. Two round trips per thousand source ids; equal calls are harmless.
 * `known` spares the first read where the caller has just made it: everybody whom a named source id or address
 * belongs to.
 * @throws AppError `write_conflict` (retryable) when races for a unique key did not end, or what the table throws.
 */
export async function savePeople(
  people: PeopleTable,
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
  people: PeopleTable,
  claims: readonly PersonClaim[],
  known: readonly PersonDoc[] | undefined,
): Promise<ReadonlyMap<string, string>> {
  for (let attempt = 0; attempt <= MAX_RACES; attempt += 1) {
    const stored = attempt === 0 && known !== undefined ? known : await people.findClaimed(claims)
    const plan = planPeople(stored, claims, personIdOf)
    if (plan.writes.length === 0 || (await people.write(plan.writes))) return plan.personIds
  }
  throw writeConflict('people')
}
