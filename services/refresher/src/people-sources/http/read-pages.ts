import { type AskContext, askForPage } from './ask-for-page.ts'
import type { Mapping } from './rules/mapping.ts'
import { nextUrl } from './rules/next-url.ts'
import { garbage, tooLarge } from './rules/source-errors.ts'
import { valueAt } from './rules/value-path.ts'

export interface ReadPagesOptions {
  readonly first: URL
  readonly mapping: Mapping
  readonly maxPages: number
  readonly maxRows: number
  readonly idempotencyKey: string
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number
  readonly signal: AbortSignal
}

/**
 * The rows of every page, page by page, as the provider sent them.
 * @throws what `askForPage` and `nextUrl` throw; `people_source_garbage` where an answer holds no list or leads back to a
 * page that was read, `people_source_too_large` where there are too many pages or rows.
 */
export async function* readPages(options: ReadPagesOptions, context: AskContext): AsyncGenerator<readonly unknown[]> {
  const { mapping, maxPages, maxRows, deadlineAt, signal } = options
  const visited = new Set<string>()
  let total = 0
  for (let url: URL | null = options.first, number = 1; url !== null; number += 1) {
    if (number > maxPages) throw tooLarge(`a company has more than ${maxPages} pages`, 'PEOPLE_SOURCE_MAX_PAGES')
    if (visited.has(url.href)) throw garbage('the next page is one that was read already')
    visited.add(url.href)
    const idempotencyKey = pageKey(options.idempotencyKey, number)
    const answer = await askForPage({ url, idempotencyKey, signal }, deadlineAt, context)
    if (answer.kind === 'none') {
      // Some providers have no page after the last one; with other paginations they named it themselves.
      if (number === 1 || mapping.pagination.kind === 'page') return
      throw garbage('the next page is not there')
    }
    const rows = valueAt(answer.body, mapping.list)
    if (!Array.isArray(rows)) throw garbage('the answer holds no list where the mapping says')
    total += rows.length
    if (total > maxRows) throw tooLarge(`a company has more than ${maxRows} people`, 'PEOPLE_SOURCE_MAX_PEOPLE')
    yield rows
    url = nextUrl(mapping, { url: answer.url, number, body: answer.body, link: answer.link, rows: rows.length })
  }
}

/** Each page is a request of its own: one key for all could make a strict provider repeat its first answer. */
const pageKey = (key: string, number: number) => (number === 1 ? key : `${key}-page-${number}`)
