import { hash } from 'node:crypto'
import type { Member } from '@buyer-group/shared/messages/messages.ts'

/** A short text that is equal for equal values whose fields are in the same order. */
export function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'base64url')
}

/** The digest of a group's members, whether they were read from Kafka or from MongoDB, where older ones have no reasons. */
export function digestMembers(members: readonly Member[]): string {
  return digest(
    members.map(({ personId, name, email, title, seniority, department, role, score, reasons }) => [
      personId,
      name,
      email,
      title,
      seniority,
      department,
      role,
      score,
      reasons ?? [],
    ]),
  )
}
