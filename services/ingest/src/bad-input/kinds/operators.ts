import { TOKEN } from '../../test-kit/start-test-ingest.ts'
import { type BadRequest, bad, type ExpectedAnswer } from '../bad-request.ts'
import { type Headers, message } from '../raw-request.ts'

/** A manual refresh whose headers hold this authorization. */
const authorized = (name: string, authorization: string | readonly string[] | undefined) =>
  refresh(name, '401 unauthorized', (canary) => ({ companyId: canary }), { authorization })

/** A manual refresh of a caller who has the token. */
function refresh(
  name: string,
  answer: ExpectedAnswer,
  body: (canary: string) => unknown,
  headers: Headers = {},
): BadRequest {
  return bad(name, answer, (canary) => {
    const value = body(canary)
    const bytes = typeof value === 'string' ? value : JSON.stringify(value)
    const good = {
      host: 'ingest.test',
      connection: 'close',
      'user-agent': canary,
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(bytes)),
    }
    return message('POST /api/refreshes HTTP/1.1', { ...good, ...headers }, bytes)
  })
}

/** A read of a caller who has the token. */
const read = (path: string, answer: ExpectedAnswer, name = path) =>
  bad(`a read of ${name}`, answer, (canary) =>
    message(`GET ${path} HTTP/1.1`, { host: canary, connection: 'close', authorization: `Bearer ${TOKEN}` }),
  )

export const operators: readonly BadRequest[] = [
  authorized('a refresh without a token', undefined),
  authorized('an empty authorization', ''),
  authorized('a token without its scheme', TOKEN),
  authorized('the scheme without a token', 'Bearer'),
  authorized('a token that nobody has', 'Bearer nobodys-token'),
  authorized('a token that only begins rightly', `Bearer ${TOKEN.slice(0, -1)}`),
  authorized('a token that goes on', `Bearer ${TOKEN}x`),
  authorized('a token in another case', `Bearer ${TOKEN.toUpperCase()}`),
  authorized('a token in quotes', `Bearer "${TOKEN}"`),
  authorized('a token under basic', `Basic ${TOKEN}`),
  authorized('a token as a password', `Basic ${Buffer.from(`api:${TOKEN}`).toString('base64')}`),
  authorized('a token after another', `Bearer other, Bearer ${TOKEN}`),
  authorized('a token in the first of two headers', [`Bearer ${TOKEN}`, 'Bearer other']),
  authorized('a token in the last of two headers', ['Bearer other', `Bearer ${TOKEN}`]),
  authorized('a token that holds a JWT without a signature', 'Bearer eyJhbGciOiJub25lIn0.e30.'),
  bad('a token in the query', '401 unauthorized', (canary) =>
    message(`GET /api/events/${canary}?access_token=${TOKEN} HTTP/1.1`, { host: 'ingest.test', connection: 'close' }),
  ),

  refresh('a refresh that is no JSON', '400 malformed_json', (canary) => canary),
  refresh('a refresh of nothing', '400 invalid_request', () => '{}'),
  refresh('a refresh of a list', '400 invalid_request', (canary) => [canary]),
  refresh('a refresh of null', '400 invalid_request', () => 'null'),
  ...Object.entries({
    'a number': 5,
    null: null,
    'a list': ['x'],
    'an operator of MongoDB': { $ne: '' },
    empty: '',
    'of 257 characters': 'c'.repeat(257),
    'with a NUL': 'a\0',
    'half a surrogate pair': '\ud83d',
  }).map(([what, companyId]) =>
    refresh(`a refresh whose company is ${what}`, '400 invalid_request', () => ({ companyId })),
  ),
  refresh('a refresh whose company has a number as name', '400 invalid_request', (canary) => ({
    companyId: canary,
    companyName: 5,
  })),
  refresh('a refresh whose company has a name of 2,001 characters', '400 invalid_request', (canary) => ({
    companyId: canary,
    companyName: 'n'.repeat(2_001),
  })),
  refresh('a refresh inside __proto__', '400 invalid_request', (canary) => `{"__proto__":{"companyId":"${canary}"}}`),
  refresh('a refresh as plain text', '415 unsupported_media_type', (canary) => ({ companyId: canary }), {
    'content-type': 'text/plain',
  }),
  refresh('a refresh in gzip', '415 unsupported_media_type', (canary) => ({ companyId: canary }), {
    'content-encoding': 'gzip',
  }),
  refresh('a refresh that is too large', '413 payload_too_large', (canary) => canary.padEnd(262_145)),
  refresh('a refresh under an empty key', '400 invalid_request', (canary) => ({ companyId: canary }), {
    'idempotency-key': '',
  }),
  refresh('a refresh under a key of 256 characters', '400 invalid_request', (canary) => ({ companyId: canary }), {
    'idempotency-key': 'k'.repeat(256),
  }),

  read('/api/events/nobody:nothing', '404 not_found'),
  read('/api/events/%00', '404 not_found'),
  read('/api/events/%ff', '404 not_found'),
  read('/api/events/%ed%a0%80', '404 not_found'),
  read('/api/events/%7B%22$ne%22:1%7D', '404 not_found'),
  read('/api/events/..%2f..%2fetc%2fpasswd', '404 not_found'),
  read('/api/events/__proto__', '404 not_found'),
  read('/api/events?id[$ne]=1', '404 not_found'),
  read('/api/refreshes/%00', '404 not_found'),
  read('/api/refreshes/', '405 method_not_allowed'),
  read('/api/refreshes/x/y', '404 not_found'),
  read('/api/companies//buyer-group', '404 not_found'),
  read('/api/companies/%2f/buyer-group', '404 not_found'),
  read(`/api/companies/${'c'.repeat(600)}/buyer-group`, '404 not_found', 'the group of a company of 600 letters'),
]
