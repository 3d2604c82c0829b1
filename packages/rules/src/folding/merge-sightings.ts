import type { ChangeStamp } from '@buyer-group/shared/mongo/collections.ts'
import { compareStamps, laterOf, UNSAID_STAMP } from './change-stamp.ts'
import { normaliseEmail } from './normalise-email.ts'
import type { PersonSighting } from './person-sighting.ts'
import { isGap } from './sourced-people.ts'

/** What a set of sightings says of one source id: the latest name, and the latest address that any of them named. */
export interface PersonClaim {
  readonly sourceId: string
  /** Empty where none of them named one. */
  readonly name: string
  readonly named: ChangeStamp
  readonly email: { readonly address: string; readonly stamp: ChangeStamp } | null
}

/**
 * One claim a source id, oldest first, whatever the order of the sightings. What rows without a time say comes last: an
 * address is theirs only if nobody else names it.
 */
export function mergeSightings(sightings: readonly PersonSighting[]): readonly PersonClaim[] {
  const claims = new Map<string, PersonClaim>()
  for (const sighting of sightings) {
    const claim = claimOf(sighting)
    const known = claims.get(sighting.sourceId)
    claims.set(sighting.sourceId, known === undefined ? claim : mergeClaims(known, claim))
  }
  return [...claims.values()].sort(
    (left, right) =>
      Number(fillsGap(left)) - Number(fillsGap(right)) ||
      compareStamps(left.named, right.named) ||
      (left.sourceId < right.sourceId ? -1 : 1),
  )
}

const fillsGap = ({ named, email }: PersonClaim) => isGap(named) || isGap(email?.stamp)

function claimOf(sighting: PersonSighting): PersonClaim {
  const stamp = { at: sighting.changedAt, by: sighting.changedBy }
  const address = normaliseEmail(sighting.email)
  return {
    sourceId: sighting.sourceId,
    name: sighting.name ?? '',
    named: sighting.name === null ? UNSAID_STAMP : stamp,
    email: address === null ? null : { address, stamp },
  }
}

function mergeClaims(left: PersonClaim, right: PersonClaim): PersonClaim {
  const { sourceId, name, named } = laterOf(left, right, (claim) => claim.named)
  return { sourceId, name, named, email: laterOf(left, right, (claim) => claim.email?.stamp).email }
}
