import type { OutboxCommand, RefreshLogDoc } from '@buyer-group/shared/mongo/collections.ts'

const DAY_MS = 24 * 60 * 60 * 1_000

/** How long the log of a refresh is kept (system.md, "MongoDB"). */
export const LOG_KEPT_MS = 90 * DAY_MS

/** The first entry of a refresh's log: claimed, not yet taken up by a refresher. */
export function toRefreshLog(command: OutboxCommand): RefreshLogDoc {
  const { commandId, companyId, workspaceId, reason, triggeredBy, sequence, requestedAt } = command
  return {
    commandId,
    companyId,
    workspaceId,
    reason,
    triggeredBy,
    status: 'pending',
    sequence,
    startedAt: requestedAt,
    expiresAt: new Date(requestedAt.getTime() + LOG_KEPT_MS),
  }
}
