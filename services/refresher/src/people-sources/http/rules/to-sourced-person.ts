import { type SourcedPerson, sourcedPersonSchema } from '@buyer-group/rules/folding/sourced-person.ts'
import { MAX_FUTURE_MS } from '@buyer-group/shared/messages/native-event.ts'
import type { Mapping } from './mapping.ts'
import { type ValuePath, valueAt } from './value-path.ts'

export type ReadRow =
  | { readonly ok: true; readonly person: SourcedPerson }
  /** `reason` names fields, never values. */
  | { readonly ok: false; readonly reason: string }

/** A field cannot be read; the message says why, without the value. */
class BadField extends Error {}

/**
 * Reads one row of a provider's list. Spaces around texts do not count and a blank text is none; ids may be numbers.
 * Like an event, a row that was changed more than a day ahead of `now` is refused: it would win over everything.
 */
export function toSourcedPerson(row: unknown, { source, fields }: Mapping, now: Date): ReadRow {
  const read = <Value>(field: string, value: () => Value): Value => {
    try {
      return value()
    } catch (error) {
      if (error instanceof BadField) throw new BadField(`${field} ${error.message}`)
      throw error
    }
  }
  const text = (field: string, path: ValuePath | undefined) =>
    read(field, () => (path === undefined ? null : textAt(row, path)))
  try {
    const id = text('id', fields.id)
    const names = fields.name.flatMap((path) => text('name', path) ?? [])
    const parsed = sourcedPersonSchema.safeParse({
      sourceId: id === null ? '' : `${source}:${id}`,
      name: names.join(' '),
      email: text('email', fields.email),
      title: text('title', fields.title),
      department: text('department', fields.department),
      active: read('active', () => isActive(row, fields.active)),
      updatedAt: read('updatedAt', () => timeAt(row, fields.updatedAt, now)),
    })
    if (parsed.success) return { ok: true, person: parsed.data }
    const issue = parsed.error.issues[0]
    return { ok: false, reason: `${String(issue?.path[0] ?? 'row')} ${issue?.message ?? 'is not valid'}` }
  } catch (error) {
    if (error instanceof BadField) return { ok: false, reason: error.message }
    throw error
  }
}

function textAt(row: unknown, path: ValuePath): string | null {
  const value = valueAt(row, path)
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string') throw new BadField('is no text')
  const text = value.trim()
  return text === '' ? null : text
}

function isActive(row: unknown, rule: Mapping['fields']['active']): boolean {
  if (rule.kind === 'constant') return rule.constant
  const value = valueAt(row, rule.path)
  switch (rule.kind) {
    case 'boolean':
      if (typeof value !== 'boolean') throw new BadField('is neither true nor false')
      return value
    case 'equals':
      return rule.equals.some((expected) => expected === (value ?? null))
    case 'empty':
      return value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
  }
}

/** RFC 3339 with an offset: without one nobody knows the instant. */
const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/

function timeAt(row: unknown, rule: Mapping['fields']['updatedAt'], now: Date): string | null {
  const value = rule === undefined ? null : valueAt(row, rule.path)
  if (rule === undefined || value === undefined || value === null || value === '') return null
  const ms = rule.unit === 'rfc3339' ? toInstant(value) : toEpochMs(value, rule.unit === 'seconds' ? 1_000 : 1)
  if (ms > now.getTime() + MAX_FUTURE_MS) throw new BadField('lies more than a day ahead')
  return new Date(ms).toISOString()
}

function toInstant(value: unknown): number {
  const ms =
    typeof value === 'string' && INSTANT.test(value) ? Date.parse(value.toUpperCase().replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(ms)) throw new BadField('is no RFC 3339 time with an offset')
  return ms
}

function toEpochMs(value: unknown, unitMs: number): number {
  const ms = typeof value === 'number' ? Math.trunc(value * unitMs) : Number.NaN
  if (!(ms >= 0 && Number.isSafeInteger(ms))) throw new BadField('is no number since the epoch')
  return ms
}
