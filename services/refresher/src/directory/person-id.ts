import { createHash } from 'node:crypto'

/** The id of a person first seen under `sourceId` (`source:id`): equal in every process that meets them first. */
export function personIdOf(sourceId: string): string {
  return `per_${createHash('sha256').update(sourceId).digest('hex').slice(0, 24)}`
}
