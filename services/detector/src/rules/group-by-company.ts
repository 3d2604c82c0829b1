import type { OpenChange } from './sort-out-repeats.ts'

/** How many of those who triggered a refresh are named (system.md, RefreshCommand). */
export const MAX_TRIGGERED_BY = 100

/** What happened at one company: the input of one claim. */
export interface CompanyChanges {
  readonly companyId: string
  /** Null where nobody named it. */
  readonly companyName: string | null
  readonly count: number
  /** Each once. */
  readonly changeTypes: readonly string[]
  /** Person ids (`source:id`) or a caller, each once; at most 100. */
  readonly triggeredBy: readonly string[]
}

/** Gathers changes by the companies that wait for them, so that each company is asked for once a batch. */
export function groupByCompany(changes: readonly OpenChange[]): readonly CompanyChanges[] {
  const groups = new Map<string, { name: string | null; count: number; types: Set<string>; people: Set<string> }>()
  for (const { item, waitingFor, classification } of changes) {
    const { source, type, personId } = item.message.change
    for (const companyId of waitingFor) {
      const group = groups.get(companyId) ?? { name: null, count: 0, types: new Set(), people: new Set() }
      groups.set(companyId, group)
      const name = item.placements.find((placement) => placement.companyId === companyId)?.companyName?.trim()
      group.name = name === undefined || name === '' ? group.name : name
      group.count += 1
      group.types.add(classification?.type ?? type)
      if (group.people.size < MAX_TRIGGERED_BY) group.people.add(`${source}:${personId}`)
    }
  }
  return [...groups].map(([companyId, { name, count, types, people }]) => ({
    companyId,
    companyName: name,
    count,
    changeTypes: [...types],
    triggeredBy: [...people],
  }))
}

/** A manual refresh as one change: by its caller, of no type. */
export function fromRequest(request: {
  readonly companyId: string
  readonly companyName: string | null
  readonly requestedBy: string
}): CompanyChanges {
  const { companyId, companyName, requestedBy } = request
  return { companyId, companyName: companyName?.trim() || null, count: 1, changeTypes: [], triggeredBy: [requestedBy] }
}

/** A company's pending changes alone, with nothing added: what a trailing refresh is claimed for. */
export function nothingNew(companyId: string): CompanyChanges {
  return { companyId, companyName: null, count: 0, changeTypes: [], triggeredBy: [] }
}
