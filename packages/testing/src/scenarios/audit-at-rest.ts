import { auditDeployment } from '@buyer-group/operations/audit/audit-deployment.ts'
import type { AuditOptions } from '@buyer-group/operations/audit/audit-options.ts'
import type { AuditReport } from '@buyer-group/operations/audit/rules/audit-report.ts'
import { untilTrue } from './until.ts'

/**
 * What the checker of a live system says once nothing moves any more, retry topics included.
 * @throws after `timeoutMs`, or what the checker throws.
 */
export async function auditAtRest(options: AuditOptions, timeoutMs: number): Promise<AuditReport> {
  let report: AuditReport | undefined
  await untilTrue(async () => {
    report = await auditDeployment(options)
    return report.inFlight === 0
  }, timeoutMs)
  if (report === undefined) throw new Error('the checker said nothing')
  return report
}
