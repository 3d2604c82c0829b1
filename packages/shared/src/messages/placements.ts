import type { ReportedEvent } from './native-event.ts'

/** Where one person stands at one company after an event. */
export interface Placement {
  readonly companyId: string
  readonly companyName: string | null
  readonly active: boolean
  /** The new title; null leaves the one that is known. */
  readonly title: string | null
  /** The new department; null leaves the one that is known. */
  readonly department: string | null
}

interface Company {
  readonly id: string
  readonly name: string | null
}

type CompanySide = string | { readonly id: string; readonly name?: string | undefined } | null | undefined

/**
 * Reads an event as the contract does (system.md, "Where a person stands after an event"): one placement, or two when
 * the person moves between two identified companies.
 *
 * `companyId` is the event's company as ingest named it: a source with its own numbering has a prefix there that
 * the signed payload lacks, and the companies inside `changes.company` get the same prefix.
 *
 * An event that names no company speaks of the one that its person was found at, and of none where `companyId` is empty.
 */
export function placementsOf(event: ReportedEvent, companyId: string): readonly Placement[] {
  const here = { title: newTitleOf(event), department: newDepartmentOf(event) }
  if (event.company === null) return companyId === '' ? [] : [at({ id: companyId, name: null }, here)]

  const company: Company = { id: companyId, name: event.company.name }
  const prefix = companyId.endsWith(event.company.id) ? companyId.slice(0, -event.company.id.length) : ''
  const change = event.changes.company as { old?: CompanySide; new?: CompanySide } | undefined

  if (change === undefined) return [at(company, here)]
  if (change.new === null) return [gone(company)]

  const from = identified(change.old, prefix)
  const to = identified(change.new, prefix)
  const namesAnother = [from, to].some((side) => side !== undefined && side.id !== company.id)
  if (namesAnother) {
    const left = from ?? company
    const joined = to ?? company
    return left.id === joined.id ? [at(joined, here)] : [gone(left), at(joined, here)]
  }
  return isCompany(change.old, company) && !isCompany(change.new, company) ? [gone(company)] : [at(company, here)]
}

const at = (company: Company, here: Pick<Placement, 'title' | 'department'>): Placement => ({
  companyId: company.id,
  companyName: company.name,
  active: true,
  ...here,
})

const gone = (company: Company): Placement => ({
  companyId: company.id,
  companyName: company.name,
  active: false,
  title: null,
  department: null,
})

function identified(side: CompanySide, prefix: string): Company | undefined {
  return typeof side === 'object' && side !== null ? { id: prefix + side.id, name: side.name ?? null } : undefined
}

/** Does this side of the change mean the event's own company? An identified one that is another was handled before. */
function isCompany(side: CompanySide, company: Company): boolean {
  if (typeof side === 'object' && side !== null) return true
  return typeof side === 'string' && company.name !== null && fold(side) === fold(company.name)
}

const fold = (name: string) => name.trim().replace(/\s+/g, ' ').toLowerCase()

/** `person.newTitle` goes before `changes.title.new`; blank text says nothing. */
function newTitleOf(event: ReportedEvent): string | null {
  return textOf(event.person.newTitle) ?? textOf(event.changes.title?.new)
}

function newDepartmentOf(event: ReportedEvent): string | null {
  return textOf(event.changes.department?.new) ?? textOf(event.person.department)
}

function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const trimmed = value.trim()
  return trimmed === '' ? null : trimmed
}
