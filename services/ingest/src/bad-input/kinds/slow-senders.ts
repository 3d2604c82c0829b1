import { type BadRequest, bad } from '../bad-request.ts'
import { chunked, message, PATH, post, unsignedPost } from '../raw-request.ts'

const inBytes = (bytes: Buffer) => Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1))

const headEnd = (request: Buffer) => request.indexOf('\r\n\r\n') + 4

/** Headers at once, and then nothing more or a byte now and then. */
function slowBody(request: Buffer, from = headEnd(request)): readonly Buffer[] {
  return [request.subarray(0, from), ...inBytes(request.subarray(from))]
}

/**
 * Senders that hold a connection for as long as they can, a byte at a time: to be sent to a server of short limits, with
 * pauses between the pieces, so that none gets to its end.
 */
export const slowSenders: readonly BadRequest[] = [
  bad('a sender that says nothing', '408 request_timeout', () => []),
  bad('a request line a byte at a time', '408 request_timeout', (canary) =>
    inBytes(Buffer.from(`POST ${PATH}?${canary}`.repeat(3))),
  ),
  bad('headers a byte at a time', '408 request_timeout', (canary) => slowBody(post({ canary }), 40)),
  bad('headers without an end, a line at a time', '408 request_timeout', (canary) => [
    `POST ${PATH} HTTP/1.1\r\nhost: x\r\n`,
    ...Array.from({ length: 100 }, (_, index) => `x-${index}: ${canary}\r\n`),
  ]),
  bad('a body a byte at a time', '408 request_timeout', (canary) => slowBody(post({ canary }))),
  bad('a body that never comes', '408 request_timeout', (canary) =>
    post({ canary, headers: { 'content-length': '4000' } }),
  ),
  bad('a body that stops before its last byte', '408 request_timeout', (canary) => post({ canary }).subarray(0, -1)),
  bad('a body that was asked to come and never does', ['100', '408 request_timeout'], (canary) => {
    const request = post({ canary, headers: { expect: '100-continue' } })
    return request.subarray(0, headEnd(request))
  }),
  bad('a chunked body a byte at a time', '408 request_timeout', (canary) =>
    slowBody(
      unsignedPost({
        canary,
        body: chunked(JSON.stringify({ id: canary })),
        headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' },
      }),
    ),
  ),
  bad('a chunked body without a last chunk', '408 request_timeout', (canary) =>
    unsignedPost({
      canary,
      body: '2\r\n{}\r\n',
      headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' },
    }),
  ),
  bad('trailers a byte at a time', '408 request_timeout', (canary) =>
    slowBody(
      unsignedPost({
        canary,
        body: `2\r\n{}\r\n0\r\nx-note: ${canary.repeat(3)}`,
        headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' },
      }),
    ),
  ),
  bad('a second request a byte at a time', ['404 not_found', '408 request_timeout'], (canary) => [
    message('GET / HTTP/1.1', { host: 'x' }),
    ...inBytes(post({ canary })),
  ]),
  bad('a sender that keeps its connection and says nothing more', ['404 not_found'], (canary) =>
    message('GET / HTTP/1.1', { host: canary }),
  ),
]
