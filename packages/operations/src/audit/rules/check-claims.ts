import type { Violation } from './audit-report.ts'
import type { AuditFacts, CommandMessage } from './facts.ts'
import { violation } from './violation.ts'

interface Claims {
  readonly commands: number
  readonly commandsPerWindow: number
  readonly violations: readonly Violation[]
}

/**
 * I2 over the commands, which carry the database's time of their claim: none is claimed inside an open window unless by
 * hand. Every claim opens a window, the manual ones too. A command produced again is the same command.
 */
export function checkClaims({ commands, windowMs }: AuditFacts): Claims {
  const violations: Violation[] = []
  const claims: CommandMessage[] = []
  for (const [commandId, messages] of Map.groupBy(commands, (command) => command.commandId)) {
    const [first] = messages
    if (first === undefined) continue
    claims.push(first)
    if (new Set(messages.map(({ content }) => content)).size > 1) {
      const sentence = `command ${commandId} of company ${first.companyId} was produced with different contents`
      violations.push(violation('command_differs', { command: commandId, company: first.companyId }, sentence))
    }
  }
  let commandsPerWindow = 0
  for (const [companyId, unsorted] of Map.groupBy(claims, (command) => command.companyId)) {
    const ordered = unsorted.toSorted((a, b) => a.sequence - b.sequence)
    for (const [position, claim] of ordered.entries()) {
      const previous = ordered[position - 1]
      if (previous !== undefined) violations.push(...findProblems(companyId, previous, claim, windowMs))
      commandsPerWindow = Math.max(commandsPerWindow, countInWindow(ordered, position, windowMs))
    }
  }
  return { commands: claims.length, commandsPerWindow, violations }
}

function findProblems(
  companyId: string,
  previous: CommandMessage,
  { commandId, sequence, requestedAt, reason }: CommandMessage,
  windowMs: number,
): Violation[] {
  const ids = { command: commandId, company: companyId, sequence }
  if (sequence === previous.sequence) {
    const sentence = `commands ${previous.commandId} and ${commandId} of company ${companyId} have the same sequence ${sequence}`
    return [violation('sequence_used_twice', ids, sentence)]
  }
  const gap = requestedAt - previous.requestedAt
  if (reason === 'manual' || gap >= windowMs) return []
  const sentence = `command ${commandId} (${reason}) of company ${companyId} was claimed ${gap} ms after ${previous.commandId}, inside its window of ${windowMs} ms`
  return [violation('claim_inside_window', ids, sentence)]
}

/** The claim that opened the window and those within it, manual ones aside. */
function countInWindow(ordered: readonly CommandMessage[], opener: number, windowMs: number): number {
  const closesAt = (ordered[opener]?.requestedAt ?? 0) + windowMs
  let count = 1
  for (let next = opener + 1; next < ordered.length; next += 1) {
    const claim = ordered[next]
    if (claim === undefined || claim.requestedAt >= closesAt) break
    if (claim.reason !== 'manual') count += 1
  }
  return count
}
