import { eventIdempotencyKey } from './idempotency-key.ts'
import type { PersonChange } from './messages.ts'

/**
 * The Kafka key of a change: its company's id, on which the order of a company's changes rests (system.md, "Topics"). One
 * that names no company goes by its person (`source:id`), so that at least a person's changes keep their order.
 */
export function personChangeKey({
  companyId,
  source,
  personId,
}: Pick<PersonChange, 'companyId' | 'source' | 'personId'>): string {
  return companyId === '' ? eventIdempotencyKey(source, personId) : companyId
}
