import type { PersonSighting, PositionChange } from '@buyer-group/rules/folding/person-sighting.ts'
import type { DirectoryRow } from './rules/directory-row.ts'

/** When a directory was true, and who says so. */
export interface Origin {
  readonly source: string
  readonly asOf: Date
}

/**
 * Who changed a position, for an import. "!" sorts before every letter and digit that an idempotency key can begin
 * with, so that of an import and an event of the same instant the event wins.
 */
export const changedByOf = (source: string): string => `!import:${source}`

export const sourceIdOf = (row: DirectoryRow, source: string): string => `${source}:${row.personId}`

export function toSighting(row: DirectoryRow, { source, asOf }: Origin): PersonSighting {
  return {
    sourceId: sourceIdOf(row, source),
    name: row.name,
    email: row.email,
    changedAt: asOf,
    changedBy: changedByOf(source),
  }
}

export function toPositionChange(row: DirectoryRow, personId: string, { source, asOf }: Origin): PositionChange {
  return {
    companyId: row.companyId,
    personId,
    active: true,
    title: row.title,
    department: row.department,
    changedAt: asOf,
    changedBy: changedByOf(source),
  }
}
