import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { signedHeaders } from '@buyer-group/testing/events/signed-request.ts'
import { SECRET } from '../test-kit/start-test-ingest.ts'
import type { Bytes } from './bad-request.ts'

/** The address for all sources. */
export const PATH = '/api/webhooks/person-change'

/** By lower-case name; a list is sent as one line each, and what is undefined is left out. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

export interface RawPost {
  /** Stands in the header user-agent, and in the event where no other body is given. */
  readonly canary: string
  readonly startLine?: string
  readonly body?: Bytes
  /** What signs; none for a request without a signature. */
  readonly secret?: string | undefined
  /** The signed time in milliseconds; now unless given. */
  readonly at?: number
  /** Instead of, or beside, the headers that a good request has. */
  readonly headers?: Headers | ((good: Readonly<Record<string, string>>) => Headers)
}

/** A POST that is right and signed in all that is not told otherwise, and asks for the connection to be closed. */
export function post({ canary, startLine = `POST ${PATH} HTTP/1.1`, headers = {}, ...options }: RawPost): Buffer {
  const { body = JSON.stringify(goodEvent(canary)), secret = SECRET, at = Date.now() } = options
  const bytes = Buffer.from(body)
  const good: Record<string, string> = {
    host: 'ingest.test',
    connection: 'close',
    'user-agent': canary,
    'content-length': String(bytes.length),
    ...signedHeaders(bytes, secret, at),
  }
  return message(startLine, { ...good, ...(typeof headers === 'function' ? headers(good) : headers) }, bytes)
}

/** A POST without signature and time. */
export function unsignedPost(request: RawPost): Buffer {
  const headers = (good: Readonly<Record<string, string>>) => ({
    'x-signature': undefined,
    'x-timestamp': undefined,
    ...(typeof request.headers === 'function' ? request.headers(good) : request.headers),
  })
  return post({ ...request, headers })
}

/** An HTTP/1.1 message as it is written on the wire. */
export function message(startLine: string, headers: Headers, body: Bytes = ''): Buffer {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${name}: ${one}\r\n`),
  )
  return Buffer.concat([Buffer.from(`${startLine}\r\n${lines.join('')}\r\n`), Buffer.from(body)])
}

/** A valid event that names the canary as its person. */
export const goodEvent = (canary: string) => nativeEvent({ person: { name: canary } })

/** Bytes in chunked transfer coding, whole with its last chunk. */
export function chunked(...chunks: readonly Bytes[]): Buffer {
  const parts = chunks.flatMap((chunk) => [`${Buffer.byteLength(chunk).toString(16)}\r\n`, chunk, '\r\n'])
  return Buffer.concat([...parts, '0\r\n\r\n'].map((part) => Buffer.from(part)))
}
