import type { Violation } from './audit-report.ts'
import { placeName } from './fact-index.ts'
import type { AuditFacts, ResultMessage } from './facts.ts'
import { violation } from './violation.ts'

interface Results {
  readonly refreshes: number
  readonly resultsPerRefresh: number
  readonly violations: readonly Violation[]
}

/**
 * I5 over the results: every delivery of a completed refresh says the same, and each company's differences follow on
 * one another without a gap. A result of a failure tells of one attempt: its time and the group it found may differ.
 */
export function checkResults({ results, resultsSince, unreadableOutput }: AuditFacts): Results {
  const violations: Violation[] = unreadableOutput.map((place) => {
    const message = placeName(place)
    return violation('output_unreadable', { message }, `the message ${message} can be read by no subscriber`)
  })
  let resultsPerRefresh = 0
  const refreshes: ResultMessage[] = []
  const completed = results.filter(({ outcome }) => outcome === 'completed')
  for (const [refreshId, messages] of Map.groupBy(completed, (result) => result.refreshId)) {
    const [first] = messages
    if (first === undefined) continue
    refreshes.push(first)
    const contents = new Set(messages.map(({ content }) => content)).size
    resultsPerRefresh = Math.max(resultsPerRefresh, contents)
    if (contents === 1) continue
    const ids = { refresh: refreshId, company: first.companyId, command: first.commandId }
    const sentence = `refresh ${refreshId} of company ${first.companyId} was published with ${contents} different contents`
    violations.push(violation('result_differs', ids, sentence))
  }
  for (const [companyId, unsorted] of Map.groupBy(refreshes, (result) => result.companyId)) {
    const ordered = unsorted.toSorted((a, b) => a.sequence - b.sequence)
    for (const [position, result] of ordered.entries()) {
      const before = ordered[position - 1]?.sequence ?? null
      // What a company's first result at hand follows may be out of reach.
      if (result.previousSequence === before || (position === 0 && resultsSince !== null)) continue
      const sentence = `refresh ${result.refreshId} of company ${companyId} follows on sequence ${result.previousSequence ?? 'none'}, but the result before it has ${before ?? 'none'}`
      const ids = { refresh: result.refreshId, company: companyId, sequence: result.sequence }
      violations.push(violation('difference_missing', ids, sentence))
    }
  }
  return { refreshes: refreshes.length, resultsPerRefresh, violations }
}
