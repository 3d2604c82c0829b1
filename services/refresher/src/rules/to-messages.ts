import type { BuyerGroup, RefreshCommand, RefreshError, RefreshResult } from '@buyer-group/shared/messages/messages.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'

/** The result of a refresh, from its stored document alone, so that every delivery is equal. */
export function toCompletedResult(group: BuyerGroupDoc): RefreshResult {
  return {
    refreshId: group.refreshId,
    outcome: 'completed',
    commandId: group.commandId,
    companyId: group.companyId,
    sequence: group.sequence,
    previousSequence: group.previousSequence,
    reason: group.reason,
    members: group.members,
    added: group.added,
    removed: group.removed,
    changed: group.changed,
    completedAt: group.refreshedAt.getTime(),
    error: null,
  }
}

/** The result of a refresh that can never succeed: the group as it still stands, and why. */
export function toFailedResult(
  command: RefreshCommand,
  refreshId: string,
  stored: BuyerGroupDoc | null,
  error: RefreshError,
  at: Date,
): RefreshResult {
  return {
    refreshId,
    outcome: 'failed',
    commandId: command.commandId,
    companyId: command.companyId,
    sequence: command.sequence,
    previousSequence: stored?.sequence ?? null,
    reason: command.reason,
    members: stored?.members ?? [],
    added: [],
    removed: [],
    changed: [],
    completedAt: at.getTime(),
    error,
  }
}

/** The current state of a company, from its stored group. */
export function toBuyerGroup(group: BuyerGroupDoc): BuyerGroup {
  return {
    companyId: group.companyId,
    companyName: group.companyName,
    workspaceId: group.workspaceId,
    sequence: group.sequence,
    previousSequence: group.previousSequence,
    refreshId: group.refreshId,
    members: group.members,
    refreshedAt: group.refreshedAt.getTime(),
  }
}
