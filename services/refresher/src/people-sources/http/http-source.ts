import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { FindPeopleOptions, PeopleSource, SourcedCompany } from '../people-source.ts'
import type { AskContext } from './ask-for-page.ts'
import type { PeopleSourceMetrics } from './metrics.ts'
import { type ReadPagesOptions, readPages } from './read-pages.ts'
import { checkRows } from './rules/check-rows.ts'
import { choosePeople } from './rules/choose-people.ts'
import { firstUrl } from './rules/first-url.ts'
import { PeopleSourceError } from './rules/source-errors.ts'
import { toSourcedPerson } from './rules/to-sourced-person.ts'

export interface HttpSourceOptions extends Pick<ReadPagesOptions, 'mapping' | 'maxPages' | 'maxRows'>, AskContext {
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
  return {
    name: mapping.source,
    findPeople: async (company, call) => {
      call.signal.throwIfAborted()
      const first = firstUrl(baseUrl, mapping, company)
      if (first === null) {
        metrics.companies.inc({ outcome: 'not_asked' })
        return []
      }
      try {
        const people = await findWithin(company, first, call, options)
        metrics.companies.inc({ outcome: people.length === 0 ? 'none' : 'found' })
        return people
      } catch (error) {
        metrics.companies.inc({ outcome: call.signal.aborted ? 'aborted' : classifyError(error).code })
        throw error
      }
    },
  }
}

/** Finds people until the deadline, and tells its end from the caller's. */
async function findWithin(
  company: SourcedCompany,
  first: URL,
  call: FindPeopleOptions,
  options: HttpSourceOptions,
): Promise<readonly SourcedPerson[]> {
  const { deadlineMs, now } = options
  const deadline = AbortSignal.timeout(deadlineMs)
  const signal = AbortSignal.any([call.signal, deadline])
  const pages = readPages(
    { ...options, first, idempotencyKey: call.idempotencyKey, deadlineAt: now() + deadlineMs, signal },
    options,
  )
  try {
    return await untilAborted(collectPeople(company, pages, options), signal)
  } catch (error) {
    call.signal.throwIfAborted()
    if (!deadline.aborted) throw error
    const words = `no whole answer within PEOPLE_SOURCE_DEADLINE (${deadlineMs} ms)`
    throw new PeopleSourceError('people_source_unavailable', words)
  }
}

async function collectPeople(
  { companyId }: SourcedCompany,
  pages: AsyncIterable<readonly unknown[]>,
  { mapping, now, metrics, logger }: HttpSourceOptions,
): Promise<readonly SourcedPerson[]> {
  const people: SourcedPerson[] = []
  let rows = 0
  let reason: string | undefined
  for await (const page of pages) {
    rows += page.length
    for (const row of page) {
      const read = toSourcedPerson(row, mapping, new Date(now()))
      if (read.ok) people.push(read.person)
      else reason ??= read.reason
    }
  }
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
