import { AppError, type Fate } from '@buyer-group/shared/errors/app-error.ts'

/**
 * What can go wrong with a people source, and what becomes of the refresh that asked. What is true of every company (the
 * provider is away, throttles us, refuses the token) is `unavailable`: the refresh waits. What may be true of one company
 * alone (its answer is an error or makes no sense, is too large, leads elsewhere) is `retryable`: it must not hold up the
 * others.
 */
const FATES = {
  people_source_unreachable: 'unavailable',
  people_source_unavailable: 'unavailable',
  people_source_throttled: 'unavailable',
  people_source_unauthorized: 'unavailable',
  people_source_failed: 'retryable',
  people_source_forbidden: 'retryable',
  people_source_rejected: 'retryable',
  people_source_garbage: 'retryable',
  people_source_too_large: 'retryable',
  people_source_foreign_url: 'retryable',
} as const satisfies Readonly<Record<string, Fate>>

export type PeopleSourceCode = keyof typeof FATES

/** A call to a people source failed. The message holds neither what the provider sent nor an address nor the token. */
export class PeopleSourceError extends AppError {
  declare readonly code: PeopleSourceCode
  readonly words: string
  /** How long the provider asked to be left alone, in milliseconds; absent where it did not say. */
  readonly retryAfterMs?: number

  constructor(code: PeopleSourceCode, words: string, retryAfterMs?: number) {
    super(`people source: ${words}`, { code, fate: FATES[code] })
    this.name = 'PeopleSourceError'
    this.words = words
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs
  }
}

/** What a failure for one company is once it is everybody's (outages.ts). */
const EVERYBODYS: Readonly<Partial<Record<PeopleSourceCode, PeopleSourceCode>>> = {
  people_source_failed: 'people_source_unavailable',
  people_source_forbidden: 'people_source_unauthorized',
}

/** The same failure as everybody's; undefined where it is never that. */
export function everybodysOf({ code, words, retryAfterMs }: PeopleSourceError): PeopleSourceError | undefined {
  const everybodys = EVERYBODYS[code]
  return everybodys === undefined ? undefined : new PeopleSourceError(everybodys, words, retryAfterMs)
}

export const garbage = (words: string) =>
  new PeopleSourceError('people_source_garbage', `${words}; compare the provider's answer with PEOPLE_SOURCE_MAPPING`)

export const tooLarge = (words: string, variable: string) =>
  new PeopleSourceError('people_source_too_large', `${words}; raise ${variable} if that is right`)
