import type { IncomingMessage } from '../kafka/incoming.ts'

const named = (prefix: string, names: string) => names.split(' ').map((name) => `${prefix}-${name}`)

/** What a retry topic adds to a message's headers. */
export const RETRY_HEADERS = named('retry', 'attempt delay-ms code message topic partition offset at')

/** What a dead-letter topic adds to a message's headers. */
export const DEAD_LETTER_HEADERS = named('dlq', 'code message step service topic partition offset attempt at')

/** What a replay of dead letters adds to a message's headers. */
export const REPLAY_HEADERS = named('replay', 'id history')

/** A message's headers as it came, without those of these names; of a header that stands several times, the last value. */
export function originalHeaders(
  { headers }: IncomingMessage,
  without: ReadonlySet<string>,
): Record<string, string | Buffer> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const single = Array.isArray(value) ? value.at(-1) : value
      return single === undefined || without.has(name) ? [] : [[name, single] as const]
    }),
  )
}
