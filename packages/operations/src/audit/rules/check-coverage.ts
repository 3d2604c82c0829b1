import type { Violation } from './audit-report.ts'
import type { EventContext } from './event-context.ts'
import type { Coverage, EventRecord } from './facts.ts'
import { violation } from './violation.ts'

/**
 * Is an event's coverage true: did that refresh complete, tell so in the results topic, and fold the event after it
 * came? Which events a refresh folded is known of each company's last one alone.
 */
export function findCoverageProblem(
  { key, receivedAt }: EventRecord,
  { companyId, commandId, refreshId, sequence, at }: Coverage,
  { facts, index, completed }: EventContext,
): Violation | undefined {
  const ids = { event: key, company: companyId, command: commandId, refresh: refreshId }
  const group = index.group(companyId)
  if (group?.refreshId === refreshId && !group.foldedIds.includes(key)) {
    const sentence = `event ${key} names refresh ${refreshId} of company ${companyId} as its cover, which did not fold it`
    return violation('coverage_not_folded', ids, sentence)
  }
  const result = completed
    .get(refreshId)
    ?.find((candidate) => candidate.companyId === companyId && candidate.sequence === sequence)
  if (result === undefined) {
    if (facts.resultsSince !== null && at < facts.resultsSince) return undefined
    const sentence = `event ${key} names refresh ${refreshId} of company ${companyId} (sequence ${sequence}) as its cover, which has no completed result`
    return violation('coverage_without_result', ids, sentence)
  }
  if (result.completedAt + facts.clockToleranceMs < receivedAt) {
    const sentence = `event ${key} names refresh ${refreshId} of company ${companyId} as its cover, which had ended ${receivedAt - result.completedAt} ms before the event came (unless the clocks lie so far apart)`
    return violation('coverage_too_early', ids, sentence)
  }
  return undefined
}
