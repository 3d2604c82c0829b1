import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import type { Detector } from './detector.ts'
import { fromRequest } from './rules/group-by-company.ts'
import { type PlannedRequest, planRequests, type RequestOutcome } from './rules/plan-requests.ts'
import type { ConditionalClaim } from './rules/window-updates.ts'
import { sendCommands } from './send-commands.ts'

/**
 * A round that claims nothing was lost to another claimer, who got on, so rounds are bounded by the manual refreshes
 * under way anywhere. So many of them mean that a window is broken.
 */
const MAX_ROUNDS = 1_000

/**
 * Refreshes companies at once, whatever their windows, and sends the commands. A round claims one request a company;
 * several for one company, and those that lost a race, take further rounds (manual refreshes are rare).
 *
 * A request claims at most once, also when it is delivered again or to two instances: the windows are read first, then
 * the logs, and a claim holds only for the window as it was read. Whoever claimed the same request before has left it in
 * the outbox, or in the log (written before the outbox is cleared), or has changed the window since.
 * @param requests with different ids.
 * @param traceparents by company, where one is known.
 * @returns what became of each request, by id.
 * @throws AppError `window_contended` (retryable) when other claimers were faster all the time; the signal's reason;
 * what the stores and the publisher throw.
 */
export async function claimRequests(
  detector: Detector,
  requests: readonly RefreshRequest[],
  traceparents: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RequestOutcome>> {
  const { windows, logs } = detector.stores
  const outcomes = new Map<string, RequestOutcome>()
  let open = requests
  for (let round = 0; open.length > 0; round += 1) {
    signal.throwIfAborted()
    if (round >= MAX_ROUNDS) throw contended(open.length)
    const states = await windows.read([...new Set(open.map(({ companyId }) => companyId))])
    const logged = await logs.findCompanies(open.map(({ requestId }) => requestId))
    const { claims, standing, settled } = planRequests(open, states, logged)

    const won = claims.length === 0 ? [] : await windows.claimIfUnchanged(toClaims(detector, claims))
    await sendCommands(detector, [...standing, ...won.flatMap(({ outbox }) => outbox ?? [])], traceparents)

    const wonCompanies = new Set(won.map(({ companyId }) => companyId))
    for (const [requestId, outcome] of settled) outcomes.set(requestId, outcome)
    for (const { request } of claims)
      if (wonCompanies.has(request.companyId)) outcomes.set(request.requestId, 'claimed')
    open = open.filter(({ requestId }) => !outcomes.has(requestId))
  }
  return outcomes
}

function toClaims(detector: Detector, planned: readonly PlannedRequest[]): readonly ConditionalClaim[] {
  const token = detector.newToken()
  return planned.map(({ request, seenSequence }) => ({
    changes: fromRequest(request),
    seenSequence,
    claim: {
      token,
      windowMs: detector.windowMs,
      workspaceId: detector.workspaceId,
      reason: 'manual',
      priority: 'high',
      commandId: request.requestId,
    },
  }))
}

function contended(count: number): AppError {
  return new AppError(`${count} manual refreshes lost every race for their companies' windows`, {
    code: 'window_contended',
    fate: 'retryable',
  })
}
