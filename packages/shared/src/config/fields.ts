import { z } from 'zod'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The longest delay of a timer: a longer one would fire at once. */
const MAX_DURATION_MS = 2 ** 31 - 1

/** The longest age: a date that far back is one that MongoDB and JavaScript can hold. */
const MAX_AGE_MS = 36_500 * 86_400_000

/** A duration such as `500ms`, `2s`, `5m`, `1h` or `14d`, parsed to milliseconds. */
const anyDuration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, 'expected a duration such as 500ms, 2s, 5m, 1h or 14d')
  .transform((text) => {
    const [, amount = '0', unit = 'ms'] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? []
    return Number(amount) * (UNITS[unit] ?? 1)
  })

/** A duration that a timer may wait for, at most 24 days; parsed to milliseconds. */
export const duration = anyDuration.refine((ms) => ms <= MAX_DURATION_MS, 'expected at most 24 days')

/** A duration that is only compared with stored times, at most 100 years; parsed to milliseconds. */
export const age = anyDuration.refine((ms) => ms <= MAX_AGE_MS, 'expected at most 36500 days')

/** A whole number within bounds, written in decimal digits. */
export const integer = (min: number, max: number) =>
  z.string().regex(/^\d+$/, 'expected a whole number').transform(Number).pipe(z.number().int().min(min).max(max))

export const port = integer(0, 65_535)

/** A list of words separated by commas; spaces around them do not count. */
export const commaList = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  )
  .pipe(z.array(z.string()).min(1, 'expected at least one word'))
