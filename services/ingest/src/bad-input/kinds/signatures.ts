import { createHash, createHmac } from 'node:crypto'
import { LINKEDIN_SECRET, SECRET } from '../../test-kit/start-test-ingest.ts'
import { type BadRequest, bad } from '../bad-request.ts'
import { chunked, type Headers, PATH, post, unsignedPost } from '../raw-request.ts'

/** A request whose signature is changed as a text. */
const rewritten = (name: string, rewrite: (signature: string) => string | readonly string[]) =>
  bad(name, '401 invalid_signature', (canary) =>
    post({ canary, headers: (good) => ({ 'x-signature': rewrite(String(good['x-signature'])) }) }),
  )

/** A request whose signature was computed over something else, or in another way. */
const computed = (name: string, compute: (timestamp: string, body: string) => string) =>
  bad(name, '401 invalid_signature', (canary) => {
    const body = JSON.stringify({ id: canary })
    return post({ canary, body, headers: (good) => ({ 'x-signature': compute(String(good['x-timestamp']), body) }) })
  })

const unsigned = (name: string, headers: (canary: string) => Headers) =>
  bad(name, '401 missing_signature', (canary) => unsignedPost({ canary, headers: headers(canary) }))

const hmac = (text: string, { secret = SECRET, algorithm = 'sha256' } = {}) =>
  createHmac(algorithm, secret).update(text).digest('hex')

const signedWith = (name: string, secret: string) =>
  computed(name, (timestamp, body) => hmac(`${timestamp}.${body}`, { secret }))

export const signatures: readonly BadRequest[] = [
  unsigned('no signature and no time', () => ({})),
  bad('a time and no signature', '401 missing_signature', (canary) =>
    post({ canary, headers: { 'x-signature': undefined } }),
  ),
  bad('an empty signature', '401 missing_signature', (canary) => post({ canary, headers: { 'x-signature': '' } })),
  bad('a signature of blanks', '401 missing_signature', (canary) =>
    post({ canary, headers: { 'x-signature': ' \t ' } }),
  ),
  unsigned('a bearer token in place of a signature', () => ({ authorization: `Bearer ${SECRET}` })),
  unsigned('the secret in place of a signature', () => ({ 'x-webhook-secret': SECRET })),
  unsigned("GitHub's header instead of ours", (canary) => ({ 'x-hub-signature-256': `sha256=${hmac(canary)}` })),
  unsigned("Stripe's header instead of ours", (canary) => ({ 'stripe-signature': `t=1,v1=${hmac(canary)}` })),
  unsigned('the headers of Standard Webhooks instead of ours', (canary) => ({
    'webhook-id': canary,
    'webhook-timestamp': '1700000000',
    'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  })),
  unsigned('underscores for the dashes of our headers', (canary) => ({ x_signature: hmac(canary), x_timestamp: '1' })),
  unsigned('signature and time in a cookie', (canary) => ({ cookie: `x-signature=${hmac(canary)}; x-timestamp=1` })),
  bad('signature and time in the query', '401 missing_signature', (canary) =>
    unsignedPost({ canary, startLine: `POST ${PATH}?x-signature=${hmac(canary)}&x-timestamp=1 HTTP/1.1` }),
  ),
  bad('signature and time in the body', '401 missing_signature', (canary) =>
    unsignedPost({ canary, body: JSON.stringify({ 'x-signature': hmac(canary), 'x-timestamp': Date.now() }) }),
  ),
  bad('signature and time as trailers of a chunked body', '401 missing_signature', (canary) =>
    post({
      canary,
      body: Buffer.concat([
        chunked('{}').subarray(0, -2),
        Buffer.from(`x-timestamp: ${Date.now()}\r\nx-signature: ${hmac(canary)}\r\n\r\n`),
      ]),
      headers: {
        'content-length': undefined,
        'transfer-encoding': 'chunked',
        trailer: 'x-signature, x-timestamp',
        'x-signature': undefined,
        'x-timestamp': undefined,
      },
    }),
  ),

  rewritten('a signature in upper case', (signature) => signature.toUpperCase()),
  rewritten('a signature with the prefix sha256=', (signature) => `sha256=${signature}`),
  rewritten('a signature with the prefix v1=', (signature) => `v1=${signature}`),
  rewritten('a signature with the prefix 0x', (signature) => `0x${signature}`),
  rewritten('a signature in base64', (signature) => Buffer.from(signature, 'hex').toString('base64')),
  rewritten('a signature in base64url', (signature) => Buffer.from(signature, 'hex').toString('base64url')),
  rewritten('a signature in quotes', (signature) => `"${signature}"`),
  rewritten('a signature in a JSON array', (signature) => JSON.stringify([signature])),
  rewritten('a signature one digit short', (signature) => signature.slice(1)),
  rewritten('a signature one digit too long', (signature) => `${signature}0`),
  rewritten('a signature of one byte less', (signature) => signature.slice(0, 62)),
  rewritten('the first half of a signature', (signature) => signature.slice(0, 32)),
  rewritten('the first byte of a signature', (signature) => signature.slice(0, 2)),
  rewritten('a signature with a blank inside', (signature) => `${signature.slice(0, 32)} ${signature.slice(32)}`),
  rewritten('a signature in pairs with colons', (signature) => signature.replace(/..(?!$)/g, '$&:')),
  rewritten('a signature that goes on after a NUL in percent-encoding', (signature) => `${signature}%00`),
  rewritten('a signature reversed', (signature) => [...signature].reverse().join('')),
  rewritten('a signature whose last digit differs', (signature) =>
    signature.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
  ),
  rewritten('a signature whose first digit differs', (signature) =>
    signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
  ),
  rewritten('a signature twice in one header', (signature) => `${signature},${signature}`),
  rewritten('a right signature after a wrong one', (signature) => `${'0'.repeat(64)}, ${signature}`),
  rewritten('a right signature before a wrong one', (signature) => `${signature}, ${'0'.repeat(64)}`),
  rewritten('a signature of letters beyond hex', () => 'g'.repeat(64)),
  rewritten('a signature of full-width digits', () => '\uff11'.repeat(64)),
  rewritten('a signature of zeros', () => '0'.repeat(64)),
  rewritten('the word null as signature', () => 'null'),
  rewritten('the word undefined as signature', () => 'undefined'),
  rewritten('a star as signature', () => '*'),
  rewritten('a signature that is an injection', () => `' or '1'='1`),
  rewritten('a signature of 8,000 digits', () => 'a'.repeat(8_000)),

  computed('the signature of another body', (timestamp) => hmac(`${timestamp}.{}`)),
  computed('the signature of the body alone', (_timestamp, body) => hmac(body)),
  computed('a signature without the dot', (timestamp, body) => hmac(timestamp + body)),
  computed('a signature of the body before the time', (timestamp, body) => hmac(`${body}.${timestamp}`)),
  computed('a signature of another time', (timestamp, body) => hmac(`${Number(timestamp) - 1}.${body}`)),
  computed('a signature of the time in seconds', (timestamp, body) =>
    hmac(`${Math.trunc(Number(timestamp) / 1_000)}.${body}`),
  ),
  computed('a signature with a line feed after the body', (timestamp, body) => hmac(`${timestamp}.${body}\n`)),
  computed('a signature of the body formatted anew', (timestamp, body) =>
    hmac(`${timestamp}.${JSON.stringify(JSON.parse(body), null, 2)}`),
  ),
  computed('a signature of the body in base64', (timestamp, body) =>
    hmac(`${timestamp}.${Buffer.from(body).toString('base64')}`),
  ),
  computed('a signature by SHA-1', (timestamp, body) => hmac(`${timestamp}.${body}`, { algorithm: 'sha1' })),
  computed('a signature by SHA-512', (timestamp, body) => hmac(`${timestamp}.${body}`, { algorithm: 'sha512' })),
  computed('a signature by SHA-512/256, as long as ours', (timestamp, body) =>
    hmac(`${timestamp}.${body}`, { algorithm: 'sha512-256' }),
  ),
  computed('a plain SHA-256 without a key', (timestamp, body) =>
    createHash('sha256').update(`${timestamp}.${body}`).digest('hex'),
  ),
  computed('a plain SHA-256 of key and content, that could be lengthened', (timestamp, body) =>
    createHash('sha256').update(`${SECRET}${timestamp}.${body}`).digest('hex'),
  ),

  signedWith('the signature of a secret that nobody has', 'nobodys-secret'),
  signedWith('the signature of an empty secret', ''),
  signedWith('the signature of the secret with a line feed', `${SECRET}\n`),
  signedWith('the signature of the secret in upper case', SECRET.toUpperCase()),
  signedWith('the signature of the secret in base64', Buffer.from(SECRET).toString('base64')),
  signedWith('the signature of the secret with the prefix whsec_', `whsec_${SECRET}`),
  signedWith('the signature of the word undefined as secret', 'undefined'),
  signedWith('the signature of the name of the variable that holds the secret', 'WEBHOOK_SECRET'),

  bad("a body of the source test under linkedin's secret", '401 invalid_signature', (canary) =>
    post({ canary, secret: LINKEDIN_SECRET }),
  ),
  bad('a body of the source linkedin under the common secret', '401 invalid_signature', (canary) =>
    post({ canary, body: JSON.stringify({ source: 'linkedin', id: canary }) }),
  ),
  bad("the common secret at linkedin's address", '401 invalid_signature', (canary) =>
    post({ canary, startLine: 'POST /api/webhooks/linkedin HTTP/1.1' }),
  ),
  bad("linkedin's secret at the address of test", '401 invalid_signature', (canary) =>
    post({ canary, startLine: 'POST /api/webhooks/test HTTP/1.1', secret: LINKEDIN_SECRET }),
  ),
]
