import type { AuditFacts, CommandMessage, DeadLetter, GroupFact, LogFact, Place, WindowFact } from './facts.ts'

/** The facts, to be looked up. */
export interface FactIndex {
  /** Has its consumer committed an offset beyond this message? */
  isConsumed(place: Place): boolean
  /** Does it wait in a retry topic? */
  isInRetry(place: Place): boolean
  deadLetterOf(place: Place): DeadLetter | undefined
  log(commandId: string): LogFact | undefined
  window(companyId: string): WindowFact | undefined
  group(companyId: string): GroupFact | undefined
  /** Every command message, repeats included, of one command, and of one company. */
  commandMessages(commandId: string): readonly CommandMessage[]
  commandsOf(companyId: string): readonly CommandMessage[]
}

/** Looks facts up by place, command and company. */
export function indexFacts(facts: AuditFacts): FactIndex {
  const retrying = new Set(facts.retries.flatMap(({ origin }) => (origin === null ? [] : [placeName(origin)])))
  const deadLetters = new Map(
    facts.deadLetters.flatMap((letter) =>
      letter.origin === null ? [] : [[placeName(letter.origin), letter] as const],
    ),
  )
  const logs = new Map(facts.logs.map((log) => [log.commandId, log]))
  const windows = new Map(facts.windows.map((window) => [window.companyId, window]))
  const groups = new Map(facts.groups.map((group) => [group.companyId, group]))
  const byCommand = Map.groupBy(facts.commands, ({ commandId }) => commandId)
  const byCompany = Map.groupBy(facts.commands, ({ companyId }) => companyId)
  return {
    isConsumed: (place) => place.offset < (facts.committed.get(partitionName(place)) ?? 0),
    isInRetry: (place) => retrying.has(placeName(place)),
    deadLetterOf: (place) => deadLetters.get(placeName(place)),
    log: (commandId) => logs.get(commandId),
    window: (companyId) => windows.get(companyId),
    group: (companyId) => groups.get(companyId),
    commandMessages: (commandId) => byCommand.get(commandId) ?? [],
    commandsOf: (companyId) => byCompany.get(companyId) ?? [],
  }
}

/** What `committed` is keyed by. */
export const partitionName = ({ topic, partition }: Pick<Place, 'topic' | 'partition'>) => `${topic}/${partition}`

export const placeName = (place: Place) => `${partitionName(place)}@${place.offset}`

/** How far the work on some messages that say the same has come: the least finished counts. */
export type Progress = 'unconsumed' | 'retry' | 'consumed'

export function progressOf(places: readonly Place[], index: FactIndex): Progress {
  if (places.some((place) => !index.isConsumed(place))) return 'unconsumed'
  return places.some((place) => index.isInRetry(place)) ? 'retry' : 'consumed'
}
