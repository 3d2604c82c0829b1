import { duration } from '@buyer-group/shared/config/fields.ts'
import { InvalidArgumentError } from 'commander'
import { parseTime } from './rules/parse-time.ts'

/** A parser whose errors commander prints with the option that they are about. */
export function orInvalid<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text)
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message)
    }
  }
}

/** Reads a time; how long ago counts from now. */
export const asTime = orInvalid((text) => parseTime(text, new Date()))

/** Reads a duration of more than nothing, to milliseconds. */
export const asDuration = orInvalid((text) => {
  const parsed = duration.safeParse(text)
  if (parsed.success && parsed.data > 0) return parsed.data
  throw new Error(`"${text}" is no duration: write one such as 2s, 5m or 1h`)
})
