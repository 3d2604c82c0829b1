import { type BadRequest, type Bytes, bad, type ExpectedAnswer } from '../bad-request.ts'
import { chunked, type Headers, message, PATH } from '../raw-request.ts'

/**
 * Two readers of one connection must never see different requests in it. Each case would let another reader find a
 * second request, to `/smuggled`, where this server finds none; its answers tell how the bytes were read.
 */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nhost: ingest.test\r\n\r\n'

/** Answered 404: shows that the connection was read rightly up to here, and closes it. */
const LAST = 'GET /last HTTP/1.1\r\nhost: ingest.test\r\nconnection: close\r\n\r\n'

const first = (headers: Headers, body: Bytes) => (canary: string) =>
  message(
    `POST ${PATH} HTTP/1.1`,
    { host: 'ingest.test', 'user-agent': canary, 'content-type': 'application/json', ...headers },
    body,
  )

/** Refused as a whole: nothing after it may be read. */
const refused = (name: string, headers: Headers, body: Bytes = chunked('{}')) =>
  bad(name, '400 bad_request', first(headers, Buffer.concat([body, LAST].map((part) => Buffer.from(part)))))

/** Without ambiguity, so it is answered, and the next request is found where it begins. */
const readAs = (name: string, answers: readonly ExpectedAnswer[], headers: Headers, body: Bytes) =>
  bad(name, answers, first(headers, Buffer.concat([body, LAST].map((part) => Buffer.from(part)))))

const both = { 'content-length': '4', 'transfer-encoding': 'chunked' }

/** Ways to write a transfer coding that some reader takes for `chunked` and another does not. */
const OBFUSCATED: Readonly<Record<string, Headers>> = {
  'with a prefix': { 'transfer-encoding': 'xchunked' },
  'with a suffix': { 'transfer-encoding': 'chunkedx' },
  'in quotes': { 'transfer-encoding': '"chunked"' },
  'after a vertical tab': { 'transfer-encoding': '\vchunked' },
  'before a form feed': { 'transfer-encoding': 'chunked\f' },
  'before identity': { 'transfer-encoding': 'chunked, identity' },
  'before another coding': { 'transfer-encoding': 'chunked, gzip' },
  'with a parameter': { 'transfer-encoding': 'chunked;q=1' },
  'as the only unknown coding': { 'transfer-encoding': 'cow' },
  'as identity': { 'transfer-encoding': 'identity' },
  'as nothing': { 'transfer-encoding': '' },
  'under a name with a blank': { 'transfer-encoding ': 'chunked' },
  'under a name with a tab': { 'transfer-encoding\t': 'chunked' },
  'under a name in another line': { 'transfer-encoding\r\n': 'chunked' },
  'in the next line': { 'transfer-encoding': '\r\n chunked' },
  'in two headers, the last unknown': { 'transfer-encoding': ['chunked', 'cow'] },
  'in two headers, the first identity and the last nothing': { 'transfer-encoding': ['identity', ''] },
}

export const smuggling: readonly BadRequest[] = [
  refused('a length and chunks, the length shorter', both, chunked(`0\r\n\r\n${SMUGGLED}`)),
  refused(
    'a length and chunks, the chunks shorter',
    { ...both, 'content-length': String(5 + SMUGGLED.length) },
    `0\r\n\r\n${SMUGGLED}`,
  ),
  refused('a length of zero and chunks', { ...both, 'content-length': '0' }),
  refused('chunks before a length', { 'transfer-encoding': 'chunked', 'content-length': '4' }),
  ...Object.entries(OBFUSCATED).flatMap(([how, headers]) => [
    refused(`chunked ${how}`, headers),
    refused(`chunked ${how} beside a length`, { 'content-length': '2', ...headers }, '{}'),
  ]),

  refused('two lengths that differ', { 'content-length': ['2', String(2 + SMUGGLED.length)] }, `{}${SMUGGLED}`),
  refused('one length twice', { 'content-length': ['2', '2'] }, '{}'),
  refused('two lengths in one header', { 'content-length': '2, 2' }, '{}'),
  ...[
    '+2',
    '-2',
    '2.0',
    '2e0',
    '0x2',
    '2 2',
    '\u0662',
    '"2"',
    '',
    '2;',
    '18446744073709551618',
    `${'9'.repeat(30)}`,
  ].map((length) => refused(`the length ${JSON.stringify(length)}`, { 'content-length': length }, '{}')),
  refused('a length under a name with a blank', { 'content-length ': '2' }, '{}'),
  refused('a length under a name with a NUL', { 'content-length\0': '2' }, '{}'),

  readAs(
    'a request inside the body of another',
    ['401 missing_signature', '404 not_found'],
    { 'content-length': String(SMUGGLED.length) },
    SMUGGLED,
  ),
  readAs(
    'a request inside a chunk of another',
    ['401 missing_signature', '404 not_found'],
    { 'transfer-encoding': 'chunked' },
    chunked(SMUGGLED),
  ),
  readAs(
    'a length with zeros before it',
    ['401 missing_signature', '404 not_found'],
    { 'content-length': '0000002' },
    '{}',
  ),
  readAs(
    'chunked in another case',
    ['401 missing_signature', '404 not_found'],
    { 'transfer-encoding': 'cHuNkEd' },
    chunked('{}'),
  ),
  readAs('a body that is longer than its length', ['401 missing_signature'], { 'content-length': '2' }, '{}}'),
  readAs('a body without a length, which is none', ['401 missing_signature'], {}, '{}\r\n'),
  bad('a GET whose body is a request', ['401 unauthorized', '404 not_found'], (canary) =>
    Buffer.from(
      `GET /api/events/x HTTP/1.1\r\nhost: ${canary}\r\ncontent-length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}${LAST}`,
    ),
  ),
  bad('a request hidden behind a line feed alone', '400 bad_request', (canary) =>
    first({ 'x-note': `a\n\n${SMUGGLED}`, 'content-length': '2' }, '{}')(canary),
  ),
  bad('a second request that nobody asked for after one that closes', ['404 not_found'], (canary) =>
    Buffer.from(`${LAST}GET /${canary} HTTP/1.1\r\nhost: ingest.test\r\n\r\n`),
  ),
  bad('an HTTP/1.0 request with chunks', '400 bad_request', (canary) =>
    Buffer.concat([
      message(`POST ${PATH} HTTP/1.0`, {
        host: canary,
        'transfer-encoding': 'chunked',
        'content-type': 'application/json',
      }),
      chunked('{}'),
      Buffer.from(LAST),
    ]),
  ),
]
