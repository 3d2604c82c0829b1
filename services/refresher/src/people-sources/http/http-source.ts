import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { PeopleSource } from '../people-source.ts'
import type { Ends } from './ask-for-page.ts'
import type { PeopleSourceMetrics } from './metrics.ts'
import { type ReadPagesOptions, readPages } from './read-pages.ts'
import { type KeptReadings, keepReadings, newReading, type Reading } from './reading.ts'
import { checkRows } from './rules/check-rows.ts'
import { choosePeople } from './rules/choose-people.ts'
import { firstUrl } from './rules/first-url.ts'
import { PeopleSourceError, tooLarge } from './rules/source-errors.ts'

export interface HttpSourceOptions extends ReadPagesOptions {
  readonly baseUrl: URL
  /** For one company: all its pages, with all waits and repeats. */
  readonly deadlineMs: number
  readonly metrics: PeopleSourceMetrics
  readonly logger: Logger
}

/**
 * A provider's HTTP API as a people source, read as its mapping says. Only the configured origin is ever asked, and
 * whatever it answers, a call holds a bounded amount and ends by its deadline.
 */
export function createHttpSource(options: HttpSourceOptions): PeopleSource {
  const { mapping, baseUrl, metrics } = options
  const kept = keepReadings()
  return {
    name: mapping.source,
    findPeople: async (company, { signal, idempotencyKey }) => {
      signal.throwIfAborted()
      const first = firstUrl(baseUrl, mapping, company)
      if (first === null) {
        metrics.companies.inc({ outcome: 'not_asked' })
        return []
      }
      const reading = kept.take(idempotencyKey) ?? newReading(company.companyId, idempotencyKey, first)
      try {
        await readWithin(reading, signal, kept, options)
        const people = peopleOf(reading, options)
        metrics.companies.inc({ outcome: people.length === 0 ? 'none' : 'found' })
        return people
      } catch (error) {
        metrics.companies.inc({ outcome: signal.aborted ? 'aborted' : classifyError(error).code })
        throw error
      }
    },
  }
}

/** Reads until the deadline, tells its end from the caller's, and keeps what may be gone on with. */
async function readWithin(
  reading: Reading,
  caller: AbortSignal,
  kept: KeptReadings,
  options: HttpSourceOptions,
): Promise<void> {
  const { deadlineMs, now } = options
  const deadline = AbortSignal.timeout(deadlineMs)
  const ends: Ends = { caller, deadline, signal: AbortSignal.any([caller, deadline]), deadlineAt: now() + deadlineMs }
  reading.asked = 0
  try {
    await untilAborted(readPages(reading, ends, options), ends.signal)
  } catch (error) {
    if (ends.signal.aborted || isOfTheNextPageAlone(error)) kept.keep(reading)
    caller.throwIfAborted()
    throw deadline.aborted ? tooLate(reading, options) : error
  }
}

/** What was read before it stands. */
const isOfTheNextPageAlone = (error: unknown) => {
  const { code, fate } = classifyError(error)
  return fate === 'unavailable' || code === 'people_source_failed'
}

function tooLate({ companyId, pages, asked }: Reading, { deadlineMs, outages }: HttpSourceOptions): PeopleSourceError {
  const words = `no whole answer within PEOPLE_SOURCE_DEADLINE (${deadlineMs} ms)`
  if (pages > 0) return tooLarge(`${words}, ${pages} pages were read`, 'PEOPLE_SOURCE_DEADLINE')
  const isOwn = asked > 0 && !outages.isOutage(companyId)
  return new PeopleSourceError(isOwn ? 'people_source_failed' : 'people_source_unavailable', words)
}

function peopleOf(reading: Reading, { metrics, logger }: HttpSourceOptions): readonly SourcedPerson[] {
  const { companyId, rows, people, unreadable: reason } = reading
  const unreadable = rows - people.length
  metrics.rows.inc({ outcome: 'taken' }, people.length)
  metrics.rows.inc({ outcome: 'unreadable' }, unreadable)
  if (unreadable > 0) logger.warn({ companyId, rows, unreadable, reason }, 'rows of the people source are left out')
  checkRows(rows, unreadable, reason)
  return choosePeople(people)
}

/** What it waits for in queues is not always told of an abort: the caller does not wait with it. */
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
