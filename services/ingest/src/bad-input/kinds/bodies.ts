import { type BadRequest, type Bytes, bad, type ExpectedAnswer } from '../bad-request.ts'
import { goodEvent, message, PATH, post, unsignedPost } from '../raw-request.ts'

const LIMIT = 262_144

/** A chunked body as it is written on the wire, without a signature. */
const chunks = (name: string, answer: ExpectedAnswer, body: (canary: string) => Bytes, ending?: BadRequest['ending']) =>
  bad(
    name,
    answer,
    (canary) =>
      unsignedPost({
        canary,
        body: body(canary),
        headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' },
      }),
    ending === undefined ? {} : { ending },
  )

const badChunks = (name: string, body: string) => chunks(name, '400 bad_request', () => body)

/** A good, signed request that is cut off after so many bytes of a part. */
const cutOff = (
  name: string,
  where: (request: Buffer) => number,
  ending: 'ends' | 'resets',
  answers: ExpectedAnswer[],
) =>
  bad(
    name,
    answers,
    (canary) => {
      const request = post({ canary })
      return request.subarray(0, where(request))
    },
    { ending },
  )

const bodyStart = (request: Buffer) => request.indexOf('\r\n\r\n') + 4

const PLACES: Readonly<Record<string, (request: Buffer) => number>> = {
  'in its method': () => 2,
  'in its target': () => 12,
  'after its first line': (request) => request.indexOf('\r\n') + 2,
  'in the name of a header': (request) => request.indexOf('user-agent') + 4,
  'in the value of a header': (request) => request.indexOf('x-signature') + 20,
  'before the last line break of its headers': (request) => bodyStart(request) - 2,
  'before its body': bodyStart,
  'after a byte of its body': (request) => bodyStart(request) + 1,
  'in the middle of its body': (request) => (bodyStart(request) + request.length) >> 1,
  'before the last byte of its body': (request) => request.length - 1,
}

export const bodies: readonly BadRequest[] = [
  ...Object.entries(PLACES).flatMap(([place, where]) => [
    cutOff(`a sender that ends ${place}`, where, 'ends', ['400 bad_request']),
    cutOff(`a sender that resets ${place}`, where, 'resets', []),
  ]),
  bad('a sender that says nothing and ends', [], () => '', { ending: 'ends' }),
  bad('a sender that says nothing and resets', [], () => '', { ending: 'resets' }),
  bad('a sender that sends its whole request and resets', [], (canary) => unsignedPost({ canary }), {
    ending: 'resets',
  }),
  bad(
    'a body shorter than its length',
    '400 bad_request',
    (canary) => post({ canary, headers: { 'content-length': '4000' } }),
    {
      ending: 'ends',
    },
  ),

  bad('a body one byte too large', '413 payload_too_large', (canary) =>
    post({ canary, body: canary.padEnd(LIMIT + 1) }),
  ),
  bad('a body of 3 MiB', '413 payload_too_large', (canary) =>
    unsignedPost({ canary, body: canary.padEnd(3 * 1024 * 1024) }),
  ),
  bad('a length of 100 GB', '413 payload_too_large', (canary) =>
    unsignedPost({ canary, headers: { 'content-length': '100000000000' } }),
  ),
  bad('the largest length that a double holds', '413 payload_too_large', (canary) =>
    unsignedPost({ canary, headers: { 'content-length': '9007199254740991' } }),
  ),
  bad('a good event with blanks until it is too large', '413 payload_too_large', (canary) =>
    post({ canary, body: JSON.stringify(goodEvent(canary)).padEnd(LIMIT + 1) }),
  ),
  bad('a manual refresh too large', '401 unauthorized', (canary) =>
    message('POST /api/refreshes HTTP/1.1', {
      host: canary,
      connection: 'close',
      'content-type': 'application/json',
      'content-length': '300000',
    }),
  ),
  chunks('one chunk too large', '413 payload_too_large', (canary) => `40001\r\n${canary.padEnd(0x40001)}\r\n0\r\n\r\n`),
  chunks('chunks that are too large together', '413 payload_too_large', (canary) =>
    `1000\r\n${canary.padEnd(0x1000)}\r\n`.repeat(70),
  ),
  chunks('70,000 chunks of four bytes', '413 payload_too_large', () => '4\r\n    \r\n'.repeat(70_000)),
  chunks(
    'an announced chunk of an exabyte',
    '413 payload_too_large',
    (canary) => `fffffffffffffff\r\n${canary.padEnd(LIMIT + 1)}`,
  ),

  badChunks('a chunk size that is no number', 'xyz\r\n{}\r\n0\r\n\r\n'),
  badChunks('an empty chunk size', '\r\n{}\r\n0\r\n\r\n'),
  badChunks('a negative chunk size', '-2\r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk size with a plus', '+2\r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk size with 0x', '0x2\r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk size with a fraction', '2.0\r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk size with a blank before it', ' 2\r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk size with a blank after it', '2 \r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk size beyond 64 bits', 'ffffffffffffffff2\r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk size with an underscore', '0_2\r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk that is longer than its size', '2\r\n{}}}}\r\n0\r\n\r\n'),
  badChunks('a chunk that is shorter than its size', '5\r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk without its line break', '2\r\n{}0\r\n\r\n'),
  badChunks('a chunk size that ends in a line feed alone', '2\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk that ends in a line feed alone', '2\r\n{}\n0\r\n\r\n'),
  badChunks('a chunk size that ends in a carriage return alone', '2\r{}\r\n0\r\n\r\n'),
  badChunks('a chunk extension with a line feed alone', '2;a\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk extension with a NUL', '2;a=\0\r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk extension that quotes without an end', '2;a="b\r\n{}\r\n0\r\n\r\n'),
  badChunks('a chunk extension of 20,000 bytes', `2;a=${'b'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
  badChunks('a trailer without a colon', '2\r\n{}\r\n0\r\nx\r\n\r\n'),
  chunks(
    'trailers of 20,000 bytes',
    '431 headers_too_large',
    () => `2\r\n{}\r\n0\r\nx-note: ${'t'.repeat(20_000)}\r\n\r\n`,
  ),
  chunks('no last chunk', '400 bad_request', () => '2\r\n{}\r\n', 'ends'),
  chunks('a last chunk without its line break', '400 bad_request', () => '2\r\n{}\r\n0\r\n', 'ends'),
  chunks('a chunk that is cut off', '400 bad_request', () => 'ff\r\n{}', 'ends'),
  chunks('a body that is not chunked and should be', '400 bad_request', () => '{"id":1}'),
  bad(`a whole request in one byte each, unsigned`, '401 missing_signature', (canary) =>
    [...unsignedPost({ canary }).toString('latin1')].map((letter) => Buffer.from(letter, 'latin1')),
  ),
  bad('a header that is split in two writes', '401 missing_signature', (canary) => [
    `POST ${PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-ty`,
    `pe: application/json\r\nuser-agent: ${canary}\r\ncontent-length: 2\r\n\r\n{}`,
  ]),
]
