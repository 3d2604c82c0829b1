import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { jitteredDelay } from '@buyer-group/shared/kafka/rules/retry-delay.ts'
import type { Guard } from '@buyer-group/shared/resilience/guard.ts'
import type { Outages } from './outages.ts'
import type { Pace, Pause } from './pace.ts'
import type { Reading } from './reading.ts'
import type { PageAnswer, PageRequester } from './request-page.ts'
import { everybodysOf, type PeopleSourceCode, PeopleSourceError } from './rules/source-errors.ts'

export interface AskContext {
  readonly requester: Pick<PageRequester, 'request'>
  readonly guard: Pick<Guard, 'run'>
  readonly pace: Pace
  readonly outages: Outages
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly pause: Pause
  /** From 0 up to but not 1. */
  readonly random: () => number
}

/** When a call ends. */
export interface Ends {
  readonly caller: AbortSignal
  /** Aborts at `deadlineAt`. */
  readonly deadline: AbortSignal
  /** Either of the two. */
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number
}

/** Tries at one page. What outlasts them is for the consumer. */
export const MAX_ATTEMPTS = 4

/** More are a loop, or a provider to be asked at another address. */
const MAX_REDIRECTS = 3

/** The longest waits before the second try and before any: they double, with full jitter. */
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000

/** What another try at once may cure. */
const PASSING: ReadonlySet<string> = new Set<PeopleSourceCode>([
  'people_source_unreachable',
  'people_source_unavailable',
  'people_source_throttled',
  'people_source_failed',
])

type Page = Exclude<PageAnswer, { kind: 'throttled' | 'redirect' }>

/**
 * Asks for a reading's next page, where it is redirected to included.
 * @throws PeopleSourceError or what the guard throws; a signal's reason where that was aborted.
 */
export async function askForPage(reading: Reading, first: URL, ends: Ends, context: AskContext): Promise<Page> {
  for (let url = first, redirects = 0; ; redirects += 1) {
    const answer = await askUntilAnswered(reading, url, ends, context)
    if (answer.kind !== 'redirect') return answer
    if (redirects === MAX_REDIRECTS) {
      throw new PeopleSourceError('people_source_rejected', `redirects more than ${MAX_REDIRECTS} times`)
    }
    url = answer.url
  }
}

/**
 * Asks again where that may help: it is a GET, and every try carries the same key. Never sooner than the provider asked
 * for, and not at all where that is after the deadline.
 */
async function askUntilAnswered(reading: Reading, url: URL, ends: Ends, context: AskContext) {
  const { now, pause, random } = context
  for (let attempt = 1; ; attempt += 1) {
    const result = await tryOnce(reading, url, ends, context)
    if (result.kind !== 'failed') return result
    const backoffMs = jitteredDelay(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS), random())
    const waitMs = Math.max(result.retryAfterMs, backoffMs)
    if (attempt === MAX_ATTEMPTS || now() + waitMs > ends.deadlineAt) throw result.error
    await pause(waitMs, ends.signal)
  }
}

interface Failed {
  readonly kind: 'failed'
  readonly error: AppError
  /** How long the provider wants to be left alone. */
  readonly retryAfterMs: number
}

/**
 * Sends one request, as soon as there is a place and then a turn for it.
 * @throws what another try at once cannot cure.
 */
async function tryOnce(reading: Reading, url: URL, ends: Ends, context: AskContext) {
  const { guard, requester, pace, outages } = context
  const { companyId } = reading
  let isAsked = false
  let retryAfterMs = 0
  // Called while the call has its place, so that whoever comes next into it is held off already.
  const holdOff = (ms: number | undefined) => (ms === undefined ? 0 : pace.holdOff(ms))
  const ask = async (timedOut: AbortSignal) => {
    isAsked = true
    reading.asked += 1
    try {
      const signal = AbortSignal.any([ends.signal, timedOut])
      const answer = await requester.request({ url, idempotencyKey: pageKey(reading), signal })
      if (answer.kind === 'throttled') retryAfterMs = holdOff(answer.retryAfterMs)
      else if (answer.kind !== 'redirect') outages.served(companyId)
      return answer
    } catch (error) {
      if (ends.deadline.aborted) throw noAnswer('no answer before PEOPLE_SOURCE_DEADLINE')
      if (!(error instanceof PeopleSourceError)) throw error
      const everybodys = everybodysOf(error)
      const isOutage = everybodys !== undefined && outages.isOutage(companyId)
      retryAfterMs = isOutage ? holdOff(error.retryAfterMs) : (error.retryAfterMs ?? 0)
      throw isOutage ? everybodys : error
    }
  }
  try {
    const whenPlaced = () => pace.turn(ends.deadlineAt, ends.signal)
    const answer = await guard.run(ask, { signal: ends.caller, whenPlaced })
    return answer.kind === 'throttled' ? failed(throttled(answer.retryAfterMs), retryAfterMs) : answer
  } catch (error) {
    ends.caller.throwIfAborted()
    if (!isAsked || !(error instanceof AppError)) throw error
    // The guard has counted it by now: who does not answer one company may well be away.
    const isOwn = error.code === 'people_source_unavailable' && !outages.isOutage(companyId)
    const judged = isOwn ? new PeopleSourceError('people_source_failed', wordsOf(error)) : error
    if (!PASSING.has(judged.code)) throw judged
    return failed(judged, retryAfterMs)
  }
}

const failed = (error: AppError, retryAfterMs: number): Failed => ({ kind: 'failed', error, retryAfterMs })

const noAnswer = (words: string) => new PeopleSourceError('people_source_unavailable', words)

const throttled = (retryAfterMs: number | undefined) =>
  new PeopleSourceError('people_source_throttled', 'answered 429, it has had too many requests', retryAfterMs)

const wordsOf = (error: AppError) =>
  error instanceof PeopleSourceError ? error.words : 'no answer within PEOPLE_SOURCE_TIMEOUT'

/** Each page is a request of its own: one key for all could make a strict provider repeat its first answer. */
const pageKey = ({ idempotencyKey, pages }: Reading) =>
  pages === 0 ? idempotencyKey : `${idempotencyKey}-page-${pages + 1}`
