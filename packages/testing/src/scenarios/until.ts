import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'

/** How often a condition is looked at, in milliseconds. */
const POLL_MS = 100

/**
 * Reads again and again until what is read equals `wanted`. A read that throws counts as one that differs: the database
 * or broker may be away on purpose.
 * @throws after `timeoutMs`, with what was read last.
 */
export async function untilEqual<Value>(read: () => Promise<Value>, wanted: Value, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  while (Date.now() < deadline) {
    last = await read().catch((error: unknown) => error)
    if (isDeepStrictEqual(last, wanted)) return
    await wait(POLL_MS)
  }
  const words = last instanceof Error ? last.message : JSON.stringify(last)
  throw new Error(`not within ${timeoutMs} ms: wanted ${JSON.stringify(wanted)}, last read ${words}`)
}

/** Resolves once a condition holds. @throws after `timeoutMs`. */
export function untilTrue(holds: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  return untilEqual(holds, true, timeoutMs)
}
