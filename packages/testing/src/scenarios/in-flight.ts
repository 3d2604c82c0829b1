import type { Deployment } from '../processes/deployment.ts'

/** What is still under way in a deployment; all zero once it has come to rest. */
export interface InFlight {
  readonly undecided: number
  readonly waiting: number
  readonly windows: number
  readonly unpublished: number
  readonly refreshes: number
  readonly operations: number
  /** Messages of the consumed topics that stand behind no committed offset. */
  readonly uncommitted: number
}

export const AT_REST: InFlight = {
  undecided: 0,
  waiting: 0,
  windows: 0,
  unpublished: 0,
  refreshes: 0,
  operations: 0,
  uncommitted: 0,
}

/** Counts what is under way. An open window with nothing pending is at rest: nothing will come of it. */
export async function countInFlight(deployment: Deployment): Promise<InFlight> {
  const { webhookEvents, refreshWindows, buyerGroups, refreshLogs, pipelineOperations } = deployment.collections
  const [undecided, waiting, windows, unpublished, refreshes, operations, uncommitted] = await Promise.all([
    webhookEvents.countDocuments({ processed: false }),
    webhookEvents.countDocuments({ 'waitingFor.0': { $exists: true } }),
    refreshWindows.countDocuments({ $or: [{ pending: { $ne: null } }, { outbox: { $ne: null } }] }),
    buyerGroups.countDocuments({ publishedAt: null }),
    refreshLogs.countDocuments({ status: { $in: ['pending', 'processing'] } }),
    pipelineOperations.countDocuments({ status: 'running' }),
    deployment.uncommitted(),
  ])
  return { undecided, waiting, windows, unpublished, refreshes, operations, uncommitted }
}
