import { setTimeout as wait } from 'node:timers/promises'
import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { postEvent } from '../events/signed-request.ts'

/** Longer than any answer may take. */
const TIMEOUT_MS = 30_000

/** Requests that come whatever is answered. */
export interface Flood {
  /** Bytes of bodies that were answered, with anything. */
  sentBytes(): number
  /** How often each status came. */
  readonly answers: ReadonlyMap<number, number>
  /** Sends nothing more; resolves when nothing is under way. */
  stop(): Promise<void>
}

/** Posts the same events over and over, on so many connections at once, without the patience of a provider. */
export function startFlood(url: string, events: readonly NativeEvent[], secret: string, connections: number): Flood {
  const bodies = events.map((event) => JSON.stringify(event))
  const answers = new Map<number, number>()
  let sentBytes = 0
  let next = 0
  let isOver = false
  const work = async () => {
    while (!isOver) {
      const body = bodies[next % bodies.length] ?? ''
      next += 1
      const response = await postEvent(url, body, secret, Date.now(), AbortSignal.timeout(TIMEOUT_MS)).catch(
        () => undefined,
      )
      // Without an answer there is nothing to wait for either: not to be a busy loop.
      if (response === undefined) await wait(100)
      else {
        await response.arrayBuffer().catch(() => {})
        answers.set(response.status, (answers.get(response.status) ?? 0) + 1)
        sentBytes += body.length
      }
    }
  }
  const working = Promise.all(Array.from({ length: connections }, work))
  return {
    sentBytes: () => sentBytes,
    answers,
    stop: async () => {
      isOver = true
      await working
    },
  }
}
