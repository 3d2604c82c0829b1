import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type BadRequest, bad } from '../bad-request.ts'
import { goodEvent, post } from '../raw-request.ts'

/** Signed rightly, so that nothing but the announced type is wrong. */
const announced = (name: string, type: string | readonly string[] | undefined) =>
  bad(`announced as ${name}`, '415 unsupported_media_type', (canary) =>
    post({ canary, headers: { 'content-type': type } }),
  )

/** Signed over the bytes as they are sent. */
const encoded = (name: string, encoding: string | readonly string[], encode: (json: string) => string | Buffer) =>
  bad(name, '415 unsupported_media_type', (canary) =>
    post({ canary, body: encode(JSON.stringify(goodEvent(canary))), headers: { 'content-encoding': encoding } }),
  )

const plain = (json: string) => json

export const mediaTypes: readonly BadRequest[] = [
  announced('no media type', undefined),
  announced('an empty media type', ''),
  announced('a media type that is only a slash', '/'),
  announced('a media type without a subtype', 'application'),
  announced('any media type', '*/*'),
  announced('any subtype', 'application/*'),
  announced('plain text', 'text/plain'),
  announced('JSON as text', 'text/json'),
  announced('HTML', 'text/html'),
  announced('a form', 'application/x-www-form-urlencoded'),
  announced('a form in parts', 'multipart/form-data; boundary=x'),
  announced('XML', 'application/xml'),
  announced('bytes', 'application/octet-stream'),
  announced('JSON Lines', 'application/x-ndjson'),
  announced('JSON Patch', 'application/json-patch+json'),
  announced('JSON-LD', 'application/ld+json'),
  announced('a structured CloudEvent', 'application/cloudevents+json'),
  announced('a problem', 'application/problem+json'),
  announced('Avro', 'avro/binary'),
  announced('a subtype that only begins as JSON', 'application/jsonp'),
  announced('a type that only ends as JSON', 'xapplication/json'),
  announced('a third part', 'application/json/v1'),
  announced('JSON in UTF-16', 'application/json; charset=utf-16'),
  announced('JSON in Latin-1', 'application/json; charset=iso-8859-1'),
  announced('JSON in UTF-7', 'application/json; charset=utf-7'),
  announced('UTF-8 before another charset', 'application/json; charset=utf-8; charset=utf-16'),
  announced('a charset without a value', 'application/json; charset'),
  announced('a charset with an empty value', 'application/json; charset='),
  announced('a parameter that JSON does not have', 'application/json; version=2'),
  announced('two types in one header', 'application/json, text/plain'),
  announced('two types in two headers, the right one first', ['application/json', 'text/plain']),
  announced('two types in two headers, the right one last', ['text/plain', 'application/json']),
  announced('the right type in two headers', ['application/json', 'application/json']),
  announced('JSON and 8,000 blanks before something else', `application/json${' '.repeat(8_000)}x`),
  announced(
    'JSON in UTF-8 and 8,000 blanks before something else',
    `application/json; charset=utf-8${' '.repeat(8_000)}x`,
  ),
  announced('an expression in place of a type', `%{(#_='multipart/form-data')}`),

  encoded('a body in gzip', 'gzip', gzipSync),
  encoded('a body in x-gzip', 'x-gzip', gzipSync),
  encoded('a body in deflate', 'deflate', deflateSync),
  encoded('a body in Brotli', 'br', brotliCompressSync),
  encoded('a body in Zstandard', 'zstd', zstdCompressSync),
  encoded('a body of 4 MB in 4 kB', 'gzip', (json) => gzipSync(json + ' '.repeat(4_000_000))),
  encoded('a plain body that is announced as gzip', 'gzip', plain),
  encoded('gzip after identity', 'identity, gzip', gzipSync),
  encoded('gzip in a header of its own after identity', ['identity', 'gzip'], gzipSync),
  encoded('gzip twice', 'gzip, gzip', (json) => gzipSync(gzipSync(json))),
  encoded('an encoding that nobody knows', 'rot13', plain),
  encoded('chunked as content encoding', 'chunked', plain),
  encoded('an empty encoding', '', plain),
]
