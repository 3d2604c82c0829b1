import type { Columns, DirectoryRow, Field } from './directory-row.ts'

export type ReadRow =
  | { readonly ok: true; readonly row: DirectoryRow }
  /** `companyId` where the row names one all the same. */
  | { readonly ok: false; readonly reason: string; readonly companyId: string | null }

/** The limits of an event's fields (`nativeEventSchema`): a row that is over them could not come as an event either. */
const MAX_ID = 256
const MAX_TEXT = 2_000
const MAX_EMAIL = 320

type Value = { readonly text: string | null } | { readonly problem: string }

/**
 * Reads a record of a directory file. Spaces around values do not count; a blank value is none.
 * `companyPrefix` is put before the company's id, as ingest does for a source that numbers companies its own way.
 */
export function readDirectoryRow(
  record: Readonly<Record<string, unknown>>,
  columns: Columns,
  companyPrefix: string,
): ReadRow {
  const problems: string[] = []
  const read = (field: Field, max: number): string | null => {
    const value = readText(columns[field] === undefined ? undefined : record[columns[field]], max)
    if ('text' in value) return value.text
    problems.push(`${field} ${value.problem}`)
    return null
  }
  const companyId = readId(read, 'companyId', problems)
  const personId = readId(read, 'personId', problems)
  const title = read('title', MAX_TEXT)
  const name = read('name', MAX_TEXT) ?? joinNames(read('firstName', MAX_TEXT), read('lastName', MAX_TEXT))
  const email = read('email', MAX_EMAIL)
  const department = read('department', MAX_TEXT)
  const company = companyId === null ? null : companyPrefix + companyId
  for (const [field, value] of Object.entries({ companyId, personId, title, name })) {
    if (value === null && !problems.some((problem) => problem.startsWith(field))) problems.push(`${field} is missing`)
  }
  if (problems.length > 0 || company === null || personId === null || title === null || name === null) {
    return { ok: false, reason: problems.join('; '), companyId: company }
  }
  return { ok: true, row: { companyId: company, personId, name, title, email, department } }
}

function readId(
  read: (field: Field, max: number) => string | null,
  field: 'companyId' | 'personId',
  problems: string[],
): string | null {
  const id = read(field, MAX_ID)
  if (id === null || !hasControlCharacter(id)) return id
  problems.push(`${field} holds control characters`)
  return null
}

/** Text, or a number as some exports write ids; a replacement character shows that the bytes were no UTF-8. */
function readText(value: unknown, max: number): Value {
  if (value === undefined || value === null) return { text: null }
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { text: String(value) }
  if (typeof value !== 'string') return { problem: 'is no text' }
  const text = value.trim()
  if (text.includes('\uFFFD') || !text.isWellFormed()) return { problem: 'holds bytes that are no UTF-8' }
  if (text.length > max) return { problem: `is longer than ${max} characters` }
  return { text: text === '' ? null : text }
}

function joinNames(first: string | null, last: string | null): string | null {
  const names = [first, last].filter((name) => name !== null)
  return names.length === 0 ? null : names.join(' ')
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit < 0x20 || unit === 0x7f) return true
  }
  return false
}
