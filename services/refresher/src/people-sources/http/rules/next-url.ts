import { nextOfLink } from './link-header.ts'
import type { Mapping, Pagination } from './mapping.ts'
import { garbage, PeopleSourceError } from './source-errors.ts'
import { type ValuePath, valueAt } from './value-path.ts'

/** A page as it was read. */
export interface ReadPage {
  readonly url: URL
  /** Counts from 1. */
  readonly number: number
  readonly body: unknown
  /** The `Link` header. */
  readonly link: string | null
  /** How many rows its list held. */
  readonly rows: number
}

/**
 * The address of the page after this one; null where it is the last.
 * @throws PeopleSourceError `people_source_foreign_url` where it leads to another origin, `people_source_garbage` where
 * it is no address or cursor.
 */
export function nextUrl({ pagination }: Mapping, page: ReadPage): URL | null {
  switch (pagination.kind) {
    case 'none':
      return null
    case 'cursor': {
      const cursor = textAt(page.body, pagination.next, 'cursor')
      return cursor === null ? null : withParameter(page.url, pagination.parameter, cursor)
    }
    case 'page':
      return nextNumber(pagination, page)
    case 'link':
      return resolve(nextOfLink(page.link), page.url)
    case 'nextUrl':
      return resolve(textAt(page.body, pagination.next, 'address'), page.url)
  }
}

/**
 * The address that an answer of `from` leads to, by a link or a redirect; relative ones are resolved. Only the origin
 * that was configured is ever asked: another one would be sent the token, and could be any address of our own network.
 * @throws as `nextUrl` does.
 */
export function resolveOwn(text: string, from: URL): URL {
  const url = URL.parse(text, from.href)
  if (url === null) throw garbage("the next page's address is none")
  // A `blob:` address has the origin of the one within it.
  if (url.protocol !== from.protocol || url.origin !== from.origin || url.username !== '' || url.password !== '') {
    const words = "the answer leads to another origin than PEOPLE_SOURCE_URL's, which is not followed"
    throw new PeopleSourceError('people_source_foreign_url', words)
  }
  url.hash = ''
  return url
}

const resolve = (text: string | null, from: URL) => (text === null ? null : resolveOwn(text, from))

function nextNumber({ parameter, first, step, size }: Pagination & { kind: 'page' }, page: ReadPage): URL | null {
  const isLast = page.rows === 0 || (size !== undefined && page.rows < size)
  return isLast ? null : withParameter(page.url, parameter, String(first + step * page.number))
}

function withParameter(from: URL, name: string, value: string): URL {
  const url = new URL(from)
  url.searchParams.set(name, value)
  return url
}

function textAt(body: unknown, path: ValuePath, what: string): string | null {
  const value = valueAt(body, path)
  if (value === undefined || value === null || value === '' || value === false) return null
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  throw garbage(`the next page's ${what} is no text`)
}
