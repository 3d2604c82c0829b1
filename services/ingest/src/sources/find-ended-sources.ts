import { lastEndOf } from './last-end-of.ts'
import type { Sources } from './sources.ts'

/** The names of sources none of whose secrets is valid at `now` (milliseconds) or will be. */
export function findEndedSources({ names, find }: Pick<Sources, 'names' | 'find'>, now: number): string[] {
  return names.filter((name) => {
    const source = find(name)
    return source !== undefined && lastEndOf(source) <= now
  })
}

/** What is wrong with a file that has such sources, in words that go on after its name; undefined for none. */
export function describeEnded(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined
  return `is not valid: ${names.map((name) => `source "${name}": no secret is valid now or later`).join('; ')}`
}
