import { type BadRequest, bad } from '../bad-request.ts'
import { post } from '../raw-request.ts'

/** A time as a provider might write it wrongly; the signature is not even looked at. */
const stale = (name: string, write: (now: number) => string | readonly string[]) =>
  bad(name, '401 stale_timestamp', (canary) => post({ canary, headers: { 'x-timestamp': write(Date.now()) } }))

/** A request whose time is signed, that many milliseconds from now. */
const off = (name: string, ms: number) =>
  bad(name, '401 stale_timestamp', (canary) => post({ canary, at: Date.now() + ms }))

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

export const timestamps: readonly BadRequest[] = [
  bad('a signature and no time', '401 missing_signature', (canary) =>
    post({ canary, headers: { 'x-timestamp': undefined } }),
  ),
  bad('an empty time', '401 missing_signature', (canary) => post({ canary, headers: { 'x-timestamp': '' } })),

  off('a captured request of five minutes and a second ago', -5 * MINUTE - 1_000),
  off('a captured request of an hour ago', -60 * MINUTE),
  off('a captured request of yesterday', -DAY),
  off('a captured request of last year', -365 * DAY),
  off('a time ten minutes ahead', 10 * MINUTE),
  off('a time of tomorrow', DAY),
  off('a time zone taken for the time', 2 * 60 * MINUTE),
  bad('a captured signature under a time that was made fresh', '401 invalid_signature', (canary) =>
    post({ canary, at: Date.now() - DAY, headers: { 'x-timestamp': String(Date.now()) } }),
  ),
  bad('a captured signature under a time one millisecond later', '401 invalid_signature', (canary) => {
    const at = Date.now()
    return post({ canary, at, headers: { 'x-timestamp': String(at + 1) } })
  }),
  bad('a fresh time before the stale one of the signature', '401 stale_timestamp', (canary) =>
    post({
      canary,
      at: Date.now() - DAY,
      headers: (good) => ({ 'x-timestamp': [String(Date.now()), String(good['x-timestamp'])] }),
    }),
  ),

  stale('a time in seconds', (now) => String(Math.trunc(now / 1_000))),
  stale('a time in microseconds', (now) => `${now}000`),
  stale('a time in nanoseconds', (now) => `${now}000000`),
  stale('a time in ISO 8601', (now) => new Date(now).toISOString()),
  stale('a time as HTTP writes dates', (now) => new Date(now).toUTCString()),
  stale('a time with a fraction', (now) => `${now}.0`),
  stale('a time with a comma for the fraction', (now) => `${now},0`),
  stale('a time with separators', (now) => now.toLocaleString('en-US')),
  stale('a time with an exponent', (now) => now.toExponential()),
  stale('a time in hex', (now) => `0x${now.toString(16)}`),
  stale('a time in octal', (now) => `0o${now.toString(8)}`),
  stale('a time in binary', (now) => `0b${now.toString(2)}`),
  stale('a time as a big integer of JavaScript', (now) => `${now}n`),
  stale('a time with a plus', (now) => `+${now}`),
  stale('a time with a minus', (now) => `-${now}`),
  stale('a time in quotes', (now) => `"${now}"`),
  stale('a time with a unit', (now) => `${now}ms`),
  stale('a time as t=', (now) => `t=${now}`),
  stale('a time with a blank inside', (now) => `${String(now).slice(0, 3)} ${String(now).slice(3)}`),
  stale('a time twice in one header', (now) => `${now}, ${now}`),
  stale('a time that goes on as an injection', (now) => `${now}; drop table events`),
  stale('zero as time', () => '0'),
  stale('one as time', () => '1'),
  stale('a negative time', () => '-1'),
  stale('2^53 as time', () => '9007199254740992'),
  stale('a number beyond every double as time', () => '1e999'),
  stale('a time of 4,000 digits', () => '9'.repeat(4_000)),
  stale('not a number as time', () => 'NaN'),
  stale('infinity as time', () => 'Infinity'),
  stale('the word null as time', () => 'null'),
  stale('the word now as time', () => 'now'),
  stale('true as time', () => 'true'),
  stale('full-width digits as time', (now) =>
    String(now).replace(/\d/g, (digit) => String.fromCharCode(0xff10 + +digit)),
  ),
  stale('Arabic digits as time', (now) => String(now).replace(/\d/g, (digit) => String.fromCharCode(0x660 + +digit))),
]
