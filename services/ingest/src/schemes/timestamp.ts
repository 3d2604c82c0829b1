import { TIMESTAMP_TOLERANCE_MS } from './scheme.ts'

/** Seconds or milliseconds since the epoch; `either` where a provider does not say which. */
export type TimestampUnit = 's' | 'ms' | 'either'

/** Without a leading zero, so that no other text stands for the same time. */
const DECIMAL = /^[1-9]\d{0,14}$/

/** Twelve digits are the year 33658 in seconds and 1973 in milliseconds, so both units are told apart by length. */
const FEWEST_DIGITS_OF_MS = 12

/** Whether a signed time lies within the replay window around `now` (milliseconds), in either direction. */
export function isFreshTimestamp(text: string, unit: TimestampUnit, now: number): boolean {
  if (!DECIMAL.test(text)) return false
  const inSeconds = unit === 's' || (unit === 'either' && text.length < FEWEST_DIGITS_OF_MS)
  return Math.abs(now - Number(text) * (inSeconds ? 1_000 : 1)) <= TIMESTAMP_TOLERANCE_MS
}

/** A time as a provider writes it. */
export function toTimestamp(now: number, unit: TimestampUnit): string {
  return String(unit === 'ms' ? now : Math.floor(now / 1_000))
}

/** What to send, for callers. */
export function explainTimestamp(header: string, unit: TimestampUnit): string {
  return `${header} must be ${UNITS[unit]} since the epoch, at most 5 minutes from now.`
}

/** The same for a scheme that signs no time, which never finds one stale. */
export const NO_TIMESTAMP = 'This scheme has no timestamp.'

const UNITS: Readonly<Record<TimestampUnit, string>> = {
  s: 'whole seconds',
  ms: 'milliseconds',
  either: 'seconds or milliseconds',
}
