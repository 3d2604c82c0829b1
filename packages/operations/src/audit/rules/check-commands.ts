import type { Violation } from './audit-report.ts'
import { type FactIndex, progressOf } from './fact-index.ts'
import type { AuditFacts, CommandMessage, RequestMessage } from './facts.ts'
import { violation } from './violation.ts'

/** I4 and I1 beyond the events: every manual request became a command, and every command was carried out. */
export function checkCommands(facts: AuditFacts, index: FactIndex): readonly Violation[] {
  const commands = [...Map.groupBy(facts.commands, ({ commandId }) => commandId).values()]
  const completed = new Set(
    facts.results.filter(({ outcome }) => outcome === 'completed').map(({ commandId }) => commandId),
  )
  const requests = [...Map.groupBy(facts.requests, ({ requestId }) => requestId).values()]
  return [
    ...requests.flatMap((messages) => findLostRequest(messages, index) ?? []),
    ...commands.flatMap((messages) => findProblem(messages, facts, index, completed) ?? []),
  ]
}

function findLostRequest(messages: readonly RequestMessage[], index: FactIndex): Violation | undefined {
  const [first] = messages
  const places = messages.map(({ place }) => place)
  if (first === undefined || progressOf(places, index) !== 'consumed') return undefined
  const { requestId, companyId } = first
  // A command is logged before it is produced, and kept longer as a log than as a message.
  const status = index.log(requestId)?.status
  const isProduced = index.commandMessages(requestId).length > 0 || index.window(companyId)?.outbox === requestId
  if (isProduced || status === 'completed' || status === 'superseded' || status === 'failed') return undefined
  if (places.every((place) => index.deadLetterOf(place) !== undefined)) return undefined
  const sentence = `the request ${requestId} to refresh company ${companyId} by hand became no command, although its offset is committed`
  return violation('request_lost', { request: requestId, company: companyId }, sentence)
}

function findProblem(
  messages: readonly CommandMessage[],
  facts: AuditFacts,
  index: FactIndex,
  completed: ReadonlySet<string>,
): Violation | undefined {
  const [command] = messages
  const places = messages.map(({ place }) => place)
  if (command === undefined || progressOf(places, index) !== 'consumed') return undefined
  const { commandId, companyId, sequence, requestedAt } = command
  const ids = { command: commandId, company: companyId, sequence }
  const status = index.log(commandId)?.status

  if (status === 'completed') {
    const isAtHand = facts.resultsSince === null || requestedAt >= facts.resultsSince
    if (completed.has(commandId) || !isAtHand) return undefined
    const sentence = `command ${commandId} of company ${companyId} is logged as completed, but has no completed result`
    return violation('refresh_without_result', ids, sentence)
  }
  if (status === 'superseded') {
    if ((index.group(companyId)?.sequence ?? 0) > sequence) return undefined
    const sentence = `command ${commandId} is logged as superseded, but company ${companyId} has no group of a later sequence`
    return violation('superseded_by_nothing', ids, sentence)
  }
  if (places.every((place) => index.deadLetterOf(place) !== undefined)) return undefined
  const sentence = `command ${commandId} of company ${companyId} has the status ${status ?? 'unknown'} and is in no dead-letter topic, although its offset is committed`
  return violation('command_unfinished', ids, sentence)
}
