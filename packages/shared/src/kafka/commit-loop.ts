import type { EachBatchPayload } from 'kafkajs'
import type { Logger } from '../logging/create-logger.ts'
import { describeError } from '../logging/describe-error.ts'
import type { Assignment, PartitionOffset } from './assignment.ts'

/** Commits gather for this long, in milliseconds. */
const COMMIT_INTERVAL_MS = 100

export type CommitOffsets = EachBatchPayload['commitOffsetsIfNecessary']

export interface CommitLoop {
  /** Something may have become committable. */
  schedule(): void
  /** Commits what is committable now, after a commit that is under way. */
  now(): Promise<void>
  stop(): void
}

/**
 * Commits for the current assignment what is finished without a gap, and nothing for one that has ended: then it is
 * handed out again, here or elsewhere.
 */
export function createCommitLoop(options: {
  readonly current: () => { readonly assignment: Assignment; readonly commit: CommitOffsets } | undefined
  readonly isStopping: () => boolean
  readonly logger: Logger
}): CommitLoop {
  let timer: NodeJS.Timeout | undefined
  let committing: Promise<void> = Promise.resolve()

  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      void now()
    }, COMMIT_INTERVAL_MS)
  }
  const now = () => {
    committing = committing.then(commit)
    return committing
  }
  const commit = async () => {
    const owner = options.current()
    if (owner === undefined || !owner.assignment.active) return
    const offsets = owner.assignment.committable()
    if (offsets.length === 0) return
    try {
      await owner.commit(toKafkaOffsets(offsets))
      owner.assignment.noteCommitted(offsets)
    } catch (error) {
      // A rebalance, or the coordinator is away. What was not committed is handed out again or committed later.
      options.logger.warn(describeError(error), 'commit failed')
      if (!options.isStopping() && owner.assignment.active) schedule()
    }
  }

  return { schedule, now, stop: () => clearTimeout(timer) }
}

function toKafkaOffsets(offsets: readonly PartitionOffset[]) {
  const topics = new Map<string, { partition: number; offset: string }[]>()
  for (const { topic, partition, offset } of offsets) {
    const partitions = topics.get(topic)
    if (partitions === undefined) topics.set(topic, [{ partition, offset: String(offset) }])
    else partitions.push({ partition, offset: String(offset) })
  }
  return { topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })) }
}
