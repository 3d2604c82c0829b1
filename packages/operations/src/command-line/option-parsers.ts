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
