import { setTimeout as wait } from 'node:timers/promises'
import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { postEvent } from '../events/signed-request.ts'
import type { Random } from './seeded-random.ts'

/** Between two tries of one event (milliseconds), doubled each time and drawn from the upper half. */
const FIRST_WAIT_MS = 40
const LONGEST_WAIT_MS = 1_000

/** What a provider got for a try: a status, or no answer at all. */
export type Answer = number | 'none'

export interface ProviderOptions {
  /** In the order of sending; an event may be there more than once. */
  readonly events: readonly NativeEvent[]
  /** Where to post, asked before every try: they take turns, so that a retry reaches another instance. */
  urls(): readonly string[]
  readonly secret: string
  /** Connections at once. */
  readonly concurrency: number
  /** So many events a second at most are begun, for a load that lasts as long as a fault; as many as go unless told. */
  readonly perSecond?: number
  /** How long one try waits for its answer, in milliseconds. */
  readonly timeoutMs: number
  readonly random: Random
}

/** Posts in the background, as a provider does: what gets no 2xx is sent again, under the same id. */
export interface Provider {
  /** Resolves once everything was answered 2xx. @throws for an answer that no retry can better (4xx save 408 and 429). */
  readonly done: Promise<void>
  /** How often each answer came. */
  readonly answers: ReadonlyMap<Answer, number>
  /** The ids that were answered 2xx. */
  readonly accepted: ReadonlySet<string>
  /** Resolves once so many events, repeats included, were answered 2xx. */
  untilAccepted(count: number): Promise<void>
}

export function startProvider(options: ProviderOptions): Provider {
  const { random } = options
  const answers = new Map<Answer, number>()
  const accepted = new Set<string>()
  const waiters = new Set<{ readonly count: number; readonly resolve: () => void }>()
  const queue = options.events.toReversed()
  let acceptedCount = 0
  let tries = 0
  let failure: Error | undefined

  const noteAccepted = ({ id }: NativeEvent) => {
    accepted.add(id)
    acceptedCount += 1
    for (const waiter of waiters) {
      if (acceptedCount < waiter.count) continue
      waiters.delete(waiter)
      waiter.resolve()
    }
  }

  const post = async (event: NativeEvent): Promise<Answer> => {
    const urls = options.urls()
    const url = urls[tries % urls.length] ?? ''
    tries += 1
    const answer = await tryOnce(url, event, options.secret, options.timeoutMs)
    answers.set(answer, (answers.get(answer) ?? 0) + 1)
    return answer
  }

  const deliver = async (event: NativeEvent) => {
    for (let waitMs = FIRST_WAIT_MS; failure === undefined; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      const answer = await post(event)
      if (answer === 200 || answer === 202) return noteAccepted(event)
      if (!isWorthARetry(answer)) throw new Error(`${event.source}:${event.id} was answered ${answer}`)
      await wait(waitMs * (0.5 + random() / 2))
    }
  }

  const turns = new Turns(options.perSecond)
  const work = async () => {
    for (let event = queue.pop(); event !== undefined && failure === undefined; event = queue.pop()) {
      await turns.next()
      await deliver(event)
    }
  }
  const done = Promise.all(
    Array.from({ length: options.concurrency }, () =>
      work().catch((error: Error) => {
        failure ??= error
        throw error
      }),
    ),
  ).then(() => {})

  return {
    done,
    answers,
    accepted,
    untilAccepted: (count) =>
      Promise.race([
        new Promise<void>((resolve) => {
          if (acceptedCount >= count) resolve()
          else waiters.add({ count, resolve })
        }),
        done.then(() => {
          if (acceptedCount < count) throw new Error(`only ${acceptedCount} events were sent, not ${count}`)
        }),
      ]),
  }
}

/** A provider closes what does not answer, and so does this: an answer that comes later is lost. */
async function tryOnce(url: string, event: NativeEvent, secret: string, timeoutMs: number): Promise<Answer> {
  try {
    const response = await postEvent(url, event, secret, Date.now(), AbortSignal.timeout(timeoutMs))
    await response.arrayBuffer()
    return response.status
  } catch {
    return 'none'
  }
}

const isWorthARetry = (answer: Answer) => answer === 'none' || answer >= 500 || answer === 408 || answer === 429

/** Hands out turns at a steady pace; a pace that was not kept is not made up for. */
class Turns {
  readonly #betweenMs: number
  #at = 0

  constructor(perSecond = Number.POSITIVE_INFINITY) {
    this.#betweenMs = 1_000 / perSecond
  }

  async next(): Promise<void> {
    const now = performance.now()
    this.#at = Math.max(now, this.#at + this.#betweenMs)
    if (this.#at > now) await wait(this.#at - now)
  }
}
