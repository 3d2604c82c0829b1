import { setTimeout as pause } from 'node:timers/promises'
import type { AuditOptions } from './audit-options.ts'
import { collectFacts } from './collect-facts.ts'
import type { AuditReport } from './rules/audit-report.ts'
import { checkInvariants, confirmViolations } from './rules/check-invariants.ts'

const SECOND_LOOK_AFTER_MS = 2_000

/**
 * Says what became of every accepted event of a deployment, running or at rest, and which invariants of guarantees.md
 * do not hold. Reads only. What seems broken is looked at twice: only what stands both times is a violation.
 * @throws see collectFacts.
 */
export async function auditDeployment(options: AuditOptions): Promise<AuditReport> {
  const first = checkInvariants(await collectFacts(options))
  if (first.violations.length === 0) return first
  const { signal, secondLookAfterMs = SECOND_LOOK_AFTER_MS } = options
  await pause(secondLookAfterMs, undefined, signal === undefined ? {} : { signal })
  return confirmViolations(first, checkInvariants(await collectFacts(options)))
}
