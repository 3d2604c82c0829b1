import type { Source } from './sources.ts'

/**
 * When the last of a source's secrets ends, in milliseconds since the epoch: from then on nothing is taken from it.
 * Undefined where one of them has no end.
 */
export function findLastEnd({ secrets }: Pick<Source, 'secrets'>): number | undefined {
  let last = Number.NEGATIVE_INFINITY
  for (const { notAfter } of secrets) {
    if (notAfter === undefined) return undefined
    last = Math.max(last, notAfter)
  }
  return Number.isFinite(last) ? last : undefined
}
