import type { Source } from './sources.ts'

/**
 * When the last of a source's secrets ends, in milliseconds since the epoch: from then on nothing is taken from it.
 * Infinity where one of them has no end, minus infinity where there is none.
 */
export function lastEndOf({ secrets }: Pick<Source, 'secrets'>): number {
  return Math.max(...secrets.map(({ notAfter }) => notAfter ?? Number.POSITIVE_INFINITY))
}
