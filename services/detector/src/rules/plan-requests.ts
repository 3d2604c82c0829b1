import type { RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import type { OutboxCommand, RefreshWindowDoc } from '@buyer-group/shared/mongo/collections.ts'

/** A window as read before a claim. */
export type WindowState = Pick<RefreshWindowDoc, 'companyId' | 'sequence' | 'outbox'>

/**
 * What became of a manual request: it claimed a window, it had done so before, or its id was used for another company.
 */
export type RequestOutcome = 'claimed' | 'repeat' | 'conflict'

export interface PlannedRequest {
  readonly request: RefreshRequest
  /** The sequence of the window as read; null if there is none. */
  readonly seenSequence: number | null
}

export interface RequestPlan {
  /** At most one a company. */
  readonly claims: readonly PlannedRequest[]
  /** Commands of earlier claims that must be produced before their company can be claimed again. */
  readonly standing: readonly OutboxCommand[]
  /** Requests that need no claim, by id. */
  readonly settled: ReadonlyMap<string, RequestOutcome>
}

/**
 * Plans one round over the requests that are still open; those in none of the three lists wait for the next round.
 * @param windows by company, read before the logs.
 * @param logged the companies of commands that have a log, by command id.
 */
export function planRequests(
  requests: readonly RefreshRequest[],
  windows: ReadonlyMap<string, WindowState>,
  logged: ReadonlyMap<string, string>,
): RequestPlan {
  const claims = new Map<string, PlannedRequest>()
  const standing = new Map<string, OutboxCommand>()
  const settled = new Map<string, RequestOutcome>()
  for (const request of requests) {
    const { requestId, companyId } = request
    const window = windows.get(companyId)
    const outbox = window?.outbox ?? null
    const loggedCompany = logged.get(requestId)
    if (outbox !== null) standing.set(companyId, outbox)
    if (outbox?.commandId === requestId) settled.set(requestId, 'claimed')
    else if (loggedCompany !== undefined) settled.set(requestId, loggedCompany === companyId ? 'repeat' : 'conflict')
    else if (outbox === null && !claims.has(companyId)) {
      claims.set(companyId, { request, seenSequence: window?.sequence ?? null })
    }
  }
  return { claims: [...claims.values()], standing: [...standing.values()], settled }
}
