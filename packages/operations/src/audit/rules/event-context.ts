import type { FactIndex } from './fact-index.ts'
import type { AuditFacts, ResultMessage } from './facts.ts'

/** What an event is judged by. */
export interface EventContext {
  readonly facts: AuditFacts
  readonly index: FactIndex
  /** Completed results by refresh id. */
  readonly completed: ReadonlyMap<string, readonly ResultMessage[]>
}
