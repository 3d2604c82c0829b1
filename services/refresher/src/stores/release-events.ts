import type { EventCoverage, WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { EVENT_KEPT_MS } from '@buyer-group/shared/mongo/rules/event-kept.ts'
import { LOOKED_UP_AT_ONCE, lookUp } from '@buyer-group/shared/mongo/rules/look-up.ts'
import type { AnyBulkWriteOperation, Document } from 'mongodb'
import { literal } from '../directory/update-expressions.ts'
import type { Covering } from './stores.ts'

/** A company that is to be taken out of `waitingFor` of exactly the events that one of its refreshes has folded. */
export interface Release {
  readonly group: Covering
  readonly at: Date
}

/** Few statements for many refreshes: those that folded few events share one, as long as no event is in it twice. */
export function toReleases(releases: readonly Release[]): AnyBulkWriteOperation<WebhookEventDoc>[] {
  const many = releases.filter(({ group }) => group.foldedIds.length > LOOKED_UP_AT_ONCE)
  const few = releases.filter(({ group }) => group.foldedIds.length <= LOOKED_UP_AT_ONCE)
  return [
    ...many.map((release) => toStatement(release.group.foldedIds, literal(toCoverage(release)))),
    ...inTurns(few).map((some) => {
      const keys = [...some.keys()]
      return toStatement(keys, lookUp('$idempotencyKey', keys, [...some.values()]))
    }),
  ]
}

/** What covers each event, a hundred at a time; an event that two companies wait for is in two of them. */
function inTurns(releases: readonly Release[]): Map<string, EventCoverage>[] {
  const turns: Map<string, EventCoverage>[] = []
  let turn = new Map<string, EventCoverage>()
  for (const release of releases) {
    const { foldedIds } = release.group
    const isFull = turn.size + foldedIds.length > LOOKED_UP_AT_ONCE || foldedIds.some((id) => turn.has(id))
    if (isFull) turn = new Map()
    if (turn.size === 0 && foldedIds.length > 0) turns.push(turn)
    for (const id of foldedIds) turn.set(id, toCoverage(release))
  }
  return turns
}

const toCoverage = ({ group: { companyId, commandId, refreshId, sequence }, at }: Release): EventCoverage => ({
  companyId,
  commandId,
  refreshId,
  sequence,
  at,
})

const WAITS = { $in: ['$covered.companyId', '$waitingFor'] }
const MAY_EXPIRE = { $and: [{ $eq: ['$waitingFor', []] }, { $eq: ['$processed', true] }] }

/** Only where the company waits still, so that a repeat covers nothing twice. `coverage` finds what covers each. */
function toStatement(keys: readonly string[], coverage: Document): AnyBulkWriteOperation<WebhookEventDoc> {
  const others = { $filter: { input: '$waitingFor', cond: { $ne: ['$$this', '$covered.companyId'] } } }
  const coveredBy = { $concatArrays: [{ $ifNull: ['$coveredBy', []] }, ['$covered']] }
  const update = [
    { $set: { covered: coverage } },
    { $set: { waitingFor: others, coveredBy: { $cond: [WAITS, coveredBy, '$coveredBy'] } } },
    { $set: { expiresAt: { $cond: [MAY_EXPIRE, { $add: ['$receivedAt', EVENT_KEPT_MS] }, '$expiresAt'] } } },
    { $unset: 'covered' },
  ]
  // Few events of many: MongoDB would compare this index with that on `waitingFor` otherwise.
  return { updateMany: { filter: { idempotencyKey: { $in: [...keys] } }, update, hint: { idempotencyKey: 1 } } }
}
