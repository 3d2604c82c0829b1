import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { jitteredDelay } from '@buyer-group/shared/kafka/rules/retry-delay.ts'
import type { Guard } from '@buyer-group/shared/resilience/guard.ts'
import type { Pace, Pause } from './pace.ts'
import type { PageAnswer, PageRequest, PageRequester } from './request-page.ts'
import { PeopleSourceError } from './rules/source-errors.ts'

export interface AskContext {
  readonly requester: Pick<PageRequester, 'request'>
  readonly guard: Pick<Guard, 'run'>
  readonly pace: Pace
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly pause: Pause
  /** From 0 up to but not 1. */
  readonly random: () => number
}

/** Tries at one page. What outlasts them is for the consumer, which waits without end while a part is away. */
export const MAX_ATTEMPTS = 4

/** The longest waits before the second try and before any: they double, with full jitter. */
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000

type Answered = Exclude<PageAnswer, { kind: 'throttled' }>

/**
 * Asks for one page, again where that may help: it is a GET, and every try carries the same key. Never sooner than the
 * provider asked for, and not at all where that is after the deadline.
 * @param deadlineAt milliseconds since the epoch.
 * @throws PeopleSourceError or what the guard throws; the signal's reason where that was aborted.
 */
export async function askForPage(page: PageRequest, deadlineAt: number, context: AskContext): Promise<Answered> {
  const { pace, now, pause, random } = context
  for (let attempt = 1; ; attempt += 1) {
    const backoffMs = jitteredDelay(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS), random())
    await pace.turn(deadlineAt, page.signal)
    const result = await tryOnce(page, context)
    if (result.kind !== 'failed') return result
    const { error, retryAfterMs } = result
    const waitMs = retryAfterMs === undefined ? backoffMs : Math.max(pace.holdOff(retryAfterMs), backoffMs)
    if (attempt === MAX_ATTEMPTS || now() + waitMs > deadlineAt) throw error
    await pause(waitMs, page.signal)
  }
}

interface Failed {
  readonly kind: 'failed'
  readonly error: AppError
  readonly retryAfterMs: number | undefined
}

/** @throws what another try cannot cure. */
async function tryOnce(page: PageRequest, { guard, requester }: AskContext): Promise<Answered | Failed> {
  try {
    const answer = await guard.run((timedOut) => {
      page.signal.throwIfAborted()
      return requester.request({ ...page, signal: AbortSignal.any([page.signal, timedOut]) })
    })
    if (answer.kind !== 'throttled') return answer
    const retryAfterMs = answer.retryAfterMs ?? undefined
    const words = 'answered 429, it has had too many requests'
    return {
      kind: 'failed',
      error: new PeopleSourceError('people_source_throttled', words, retryAfterMs),
      retryAfterMs,
    }
  } catch (error) {
    page.signal.throwIfAborted()
    const mayPass =
      error instanceof AppError && error.fate === 'unavailable' && error.code !== 'people_source_unauthorized'
    if (!mayPass) throw error
    return { kind: 'failed', error, retryAfterMs: error instanceof PeopleSourceError ? error.retryAfterMs : undefined }
  }
}
