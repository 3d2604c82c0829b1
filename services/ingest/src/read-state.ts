import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { type Answer, json } from './answer.ts'
import { problem } from './problems.ts'
import { describeJourney } from './rules/describe-journey.ts'

/** How long a read may take before it is answered 503. */
const READ_TIMEOUT_MS = 3_000

/** Longer than any id that ingest takes, with source and prefix. */
const MAX_ID_LENGTH = 512

export interface ReadState {
  refresh(id: string): Promise<Answer>
  event(id: string): Promise<Answer>
  buyerGroup(companyId: string): Promise<Answer>
}

/**
 * The calls that read what detector and refresher recorded. Ids are compared as text and nothing else.
 * Where MongoDB is away the answer is 503.
 */
export function createReadState({
  refreshLogs,
  webhookEvents,
  buyerGroups,
}: Pick<Collections, 'refreshLogs' | 'webhookEvents' | 'buyerGroups'>): ReadState {
  const options = { timeoutMS: READ_TIMEOUT_MS }

  const refresh = async (id: string) => {
    const log = await refreshLogs.findOne(
      { commandId: { $eq: id } },
      { ...options, projection: { _id: 0, commandId: 0, expiresAt: 0 } },
    )
    if (log === null) {
      const detail = 'No refresh is recorded under this id yet; one just asked for takes a moment.'
      return problem('not_found', detail, { headers: { 'retry-after': '1' } })
    }
    return json(200, { id, ...log })
  }

  const event = async (id: string) => {
    const found = await webhookEvents.findOne(
      { idempotencyKey: { $eq: id } },
      { ...options, projection: { _id: 0, payload: 0, expiresAt: 0 } },
    )
    if (found === null) {
      const detail = 'No event is recorded under this id (source:id) yet; one just sent takes a moment.'
      return problem('not_found', detail, { headers: { 'retry-after': '1' } })
    }
    const commandIds = [
      ...(found.decision?.commandIds ?? []),
      ...(found.coveredBy ?? []).map(({ commandId }) => commandId),
    ]
    const refreshes = await refreshLogs
      .find({ commandId: { $in: commandIds } }, { ...options, projection: { _id: 0, commandId: 1, status: 1 } })
      .toArray()
    return json(200, describeJourney(found, refreshes))
  }

  const buyerGroup = async (companyId: string) => {
    const group = await buyerGroups.findOne(
      { companyId: { $eq: companyId } },
      { ...options, projection: { _id: 0, foldedIds: 0 } },
    )
    if (group === null) return problem('not_found', 'This company has no buyer group yet.')
    return json(200, group)
  }

  return { refresh: guarded(refresh), event: guarded(event), buyerGroup: guarded(buyerGroup) }
}

function guarded(read: (id: string) => Promise<Answer>): (id: string) => Promise<Answer> {
  return async (id) => {
    if (id.length > MAX_ID_LENGTH || id.includes('\0') || !id.isWellFormed()) {
      return problem('not_found', 'Nothing can be recorded under this id.')
    }
    try {
      return await read(id)
    } catch (error) {
      if (classifyError(error).fate !== 'unavailable') throw error
      return problem('unavailable', 'The database does not answer.', { headers: { 'retry-after': '2' } })
    }
  }
}
