import { ceHeaders } from '@buyer-group/shared/messages/ce-headers.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import type { OutboxCommand } from '@buyer-group/shared/mongo/collections.ts'

/** CloudEvents attributes of every command (https://github.com/cloudevents/spec, "source" and "type"). */
export const COMMAND_SOURCE = '/buyer-group/detector'
export const COMMAND_TYPE = 'buyer-group.refresh-command.v1'

/** The command as it is published, from the command as it was stored with its claim: the same fields, times as numbers. */
export function toRefreshCommand(stored: OutboxCommand): RefreshCommand {
  const { commandId, companyId, companyName, workspaceId, reason, priority, triggeredByCount, sequence } = stored
  return {
    commandId,
    companyId,
    companyName,
    workspaceId,
    reason,
    priority,
    changeTypes: stored.changeTypes,
    triggeredBy: stored.triggeredBy,
    triggeredByCount,
    sequence,
    requestedAt: stored.requestedAt.getTime(),
  }
}

/** The headers of a command; `ce_id` is the command's id, so a command produced twice is one event. */
export function toCommandHeaders(stored: OutboxCommand, traceparent: string | undefined): Record<string, string> {
  return ceHeaders({
    id: stored.commandId,
    source: COMMAND_SOURCE,
    type: COMMAND_TYPE,
    time: stored.requestedAt.getTime(),
    traceparent,
  })
}
