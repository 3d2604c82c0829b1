import type { RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import { deadLetter, done, skip, type Verdict } from '@buyer-group/shared/outcomes/verdict.ts'
import { claimRequests } from './claim-requests.ts'
import type { Detector } from './detector.ts'
import type { RequestOutcome } from './rules/plan-requests.ts'

/** A manual refresh of a batch. */
export interface RequestItem {
  /** Its place in the batch. */
  readonly index: number
  readonly request: RefreshRequest
}

/**
 * Claims and sends the manual refreshes of a batch, each id once.
 * @returns verdicts by place in the batch.
 * @throws see claimRequests.
 */
export async function handleRequests(
  detector: Detector,
  items: readonly RequestItem[],
  traceparents: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Verdict>> {
  const firsts = new Map<string, RequestItem>()
  for (const item of items) if (!firsts.has(item.request.requestId)) firsts.set(item.request.requestId, item)

  const requests = [...firsts.values()].map(({ request }) => request)
  const outcomes = await claimRequests(detector, requests, traceparents, signal)

  return new Map(
    items.map((item) => {
      const first = firsts.get(item.request.requestId)
      if (first?.request.companyId !== item.request.companyId) return [item.index, CONFLICT]
      const outcome = outcomes.get(item.request.requestId) ?? 'claimed'
      return [item.index, first === item || outcome === 'conflict' ? VERDICTS[outcome] : VERDICTS.repeat]
    }),
  )
}

const CONFLICT = deadLetter('request_id_conflict', 'a refresh with this id was requested before for another company')

const VERDICTS: Readonly<Record<RequestOutcome, Verdict>> = {
  claimed: done,
  repeat: skip('repeat'),
  conflict: CONFLICT,
}
