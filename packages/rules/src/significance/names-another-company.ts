import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'

/**
 * Do the two sides of `changes.company` name different companies? One that is missing on one side alone differs: who
 * joins a company may come from none. Ids tell companies apart where both have one, names otherwise.
 */
export function namesAnotherCompany({ changes }: ReportedEvent): boolean {
  const change = changes.company
  if (change === undefined) return false
  const before = sideOf(change.old)
  const now = sideOf(change.new)
  if (before === undefined || now === undefined) return before !== now
  if (before.id !== undefined && now.id !== undefined) return before.id !== now.id
  return before.name !== now.name
}

interface Side {
  readonly id?: string
  /** Folded as placements.ts folds it. */
  readonly name?: string | undefined
}

/** Undefined where no company is named; the schema of native events has checked the forms. */
function sideOf(side: unknown): Side | undefined {
  if (typeof side === 'string') return side.trim() === '' ? undefined : { name: foldName(side) }
  if (typeof side !== 'object' || side === null) return undefined
  const { id, name } = side as { readonly id: string; readonly name?: string }
  return { id, name: name === undefined ? undefined : foldName(name) }
}

const foldName = (name: string) => name.trim().replace(/\s+/g, ' ').toLowerCase()
