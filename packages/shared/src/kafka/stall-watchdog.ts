import type { Kafka } from 'kafkajs'
import type { Assignment } from './assignment.ts'
import { findStalls, findStandstills, type PartitionView, type Standstills } from './rules/find-stalls.ts'

/**
 * Asks the broker every so often how far each assigned partition goes, and reports, once, what the consumer could read
 * and does not for `stallMs`. While the broker does not answer nothing is a stall.
 */
export function startStallWatchdog(options: {
  readonly kafka: Kafka
  readonly groupId: string
  readonly current: () => Assignment | undefined
  readonly isPaused: (topic: string, partition: number) => boolean
  readonly stallMs: number
  /** Given the partitions, as `topic/partition`. */
  readonly onStall: (partitions: readonly string[]) => void
}): { stop(): Promise<void> } {
  const { kafka, groupId, stallMs, isPaused } = options
  const intervalMs = stallMs / 4
  const admin = kafka.admin({ retry: { retries: 0 } })
  let isConnected = false
  let watched: Assignment | undefined
  let standing: Standstills = new Map()
  let lookedAt = 0
  let looking: Promise<void> | undefined

  const look = async () => {
    try {
      if (!isConnected) await admin.connect()
      isConnected = true
      const assignment = options.current()
      const views = assignment === undefined ? [] : await viewsOf(assignment)
      const now = performance.now()
      // After a gap in our own sight a standstill may have been the broker's.
      const isSameSight = assignment === watched && now - lookedAt < 3 * intervalMs
      standing = findStandstills(views, isSameSight ? standing : new Map(), now)
      watched = assignment
      lookedAt = now
      const stalls = findStalls(standing, stallMs, now)
      if (stalls.length === 0) return
      clearInterval(timer)
      options.onStall(stalls)
    } catch {
      // Kafka is away: readiness and the consumer's own errors say so.
      isConnected = false
    }
  }

  const viewsOf = async (assignment: Assignment): Promise<PartitionView[]> => {
    const assigned = assignment.topicPartitions
    const committed = await admin.fetchOffsets({ groupId, topics: assigned.map(({ topic }) => topic) })
    const views = assigned.map(async ({ topic, partitions }) => {
      const ends = await admin.fetchTopicOffsets(topic)
      const begins = committed.find((one) => one.topic === topic)?.partitions ?? []
      return partitions.flatMap((partition): PartitionView[] => {
        const end = ends.find((one) => one.partition === partition)
        if (end === undefined) return []
        const begun = Number(begins.find((one) => one.partition === partition)?.offset ?? -1)
        const next = assignment.readUpTo(topic, partition) ?? begun
        return [
          {
            topic,
            partition,
            next,
            low: Number(end.low),
            high: Number(end.high),
            isPaused: isPaused(topic, partition),
          },
        ]
      })
    })
    return (await Promise.all(views)).flat()
  }

  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined
    })
  }, intervalMs)

  return {
    stop: async () => {
      clearInterval(timer)
      await looking
      await admin.disconnect()
    },
  }
}
