import { type AskContext, askForPage, type Ends } from './ask-for-page.ts'
import type { Reading } from './reading.ts'
import type { Mapping } from './rules/mapping.ts'
import { nextUrl } from './rules/next-url.ts'
import { garbage, PeopleSourceError, tooLarge } from './rules/source-errors.ts'
import { toSourcedPerson } from './rules/to-sourced-person.ts'
import { valueAt } from './rules/value-path.ts'

export interface ReadPagesOptions extends AskContext {
  readonly mapping: Mapping
  readonly maxPages: number
  readonly maxRows: number
  /** What the people of one company may take as JSON. */
  readonly maxPeopleBytes: number
}

/**
 * Reads what is left of a company's pages.
 * @throws what `askForPage` and `nextUrl` throw; `people_source_garbage` where an answer holds no list or leads back to a
 * page that was read, `people_source_too_large` where there are too many pages, rows or bytes.
 */
export async function readPages(reading: Reading, ends: Ends, options: ReadPagesOptions): Promise<void> {
  const { mapping, maxPages } = options
  for (let url = reading.next; url !== null; url = reading.next) {
    if (reading.pages === maxPages)
      throw tooLarge(`a company has more than ${maxPages} pages`, 'PEOPLE_SOURCE_MAX_PAGES')
    if (reading.visited.has(url.href)) throw garbage('the next page is one that was read already')
    const answer = await askForPage(reading, url, ends, options)
    // Nobody waits for it any more, and another attempt may have gone on with the reading.
    ends.signal.throwIfAborted()
    if (answer.kind === 'none') {
      // Some providers have no page after the last one; with other paginations they named it themselves.
      if (reading.pages > 0 && mapping.pagination.kind !== 'page') throw garbage('the next page is not there')
      reading.next = null
      return
    }
    const rows = valueAt(answer.body, mapping.list)
    if (!Array.isArray(rows)) throw garbage('the answer holds no list where the mapping says')
    takeRows(reading, rows, options)
    reading.visited.add(url.href)
    reading.pages += 1
    const { url: at, body, link } = answer
    reading.next = nextUrl(mapping, { url: at, number: reading.pages, body, link, rows: rows.length })
  }
}

function takeRows(reading: Reading, rows: readonly unknown[], options: ReadPagesOptions): void {
  const { mapping, maxRows, maxPeopleBytes, now } = options
  reading.rows += rows.length
  if (reading.rows > maxRows) throw tooLarge(`a company has more than ${maxRows} people`, 'PEOPLE_SOURCE_MAX_PEOPLE')
  for (const row of rows) {
    const read = toSourcedPerson(row, mapping, new Date(now()))
    if (!read.ok) {
      reading.unreadable ??= read.reason
      continue
    }
    reading.people.push(read.person)
    reading.bytes += Buffer.byteLength(JSON.stringify(read.person)) + 1
    if (reading.bytes < maxPeopleBytes) continue
    const words = `a company's people take more than the ${maxPeopleBytes} bytes of JSON that are stored of an answer`
    throw new PeopleSourceError('people_source_too_large', `${words}; have PEOPLE_SOURCE_MAPPING ask for fewer`)
  }
}
