import type { Location } from './read-dead-letter.ts'

/**
 * Reads `TOPIC/PARTITION/OFFSET`.
 * @throws Error saying what is wrong with it.
 */
export function parseLocation(text: string): Location {
  const [, topic, partition, offset] = /^([a-zA-Z0-9._-]{1,249})\/(\d{1,9})\/(\d{1,15})$/.exec(text) ?? []
  if (topic !== undefined) return { topic, partition: Number(partition), offset: Number(offset) }
  throw new Error(`"${text}" is no place: write TOPIC/PARTITION/OFFSET, as "list" prints it`)
}

/**
 * Reads messages a second, such as `100/s` or `100`.
 * @throws Error saying what is wrong with it.
 */
export function parseRate(text: string): number {
  const [, amount] = /^([1-9]\d{0,5})(\/s)?$/.exec(text) ?? []
  if (amount !== undefined) return Number(amount)
  throw new Error(`"${text}" is no rate: write messages a second, such as 100/s, at most 999999/s`)
}

/**
 * Reads how many letters to list.
 * @throws Error saying what is wrong with it.
 */
export function parseLimit(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text)
  throw new Error(`"${text}" is no limit: write a number from 1 to 99999`)
}
