import type { Assigned } from './assignment.ts'

interface TopicPartitions {
  topic: string
  partitions: number[]
}

/** Which partitions are not fetched for now, and why. */
export interface FetchGate {
  /** Stops fetching what `covers` says until the same reason is opened again. */
  close(reason: string, covers: (topic: string, partition: number) => boolean): void
  open(reason: string): void
  /** Begins anew with the partitions of a new assignment; reasons for which `keeps` is true stay. */
  assign(assigned: Assigned, keeps: (reason: string) => boolean): void
  isPaused(topic: string, partition: number): boolean
  readonly paused: number
}

/**
 * Pauses and resumes partitions by reasons that come and go on their own: memory is full, a message waits for a part
 * that is away, the process stops. A partition is fetched while no reason covers it.
 */
export function createFetchGate(client: {
  pause(partitions: TopicPartitions[]): void
  resume(partitions: TopicPartitions[]): void
}): FetchGate {
  const reasons = new Map<string, (topic: string, partition: number) => boolean>()
  let assigned: Assigned = {}
  let paused = new Set<string>()

  const apply = () => {
    const pausing: TopicPartitions[] = []
    const resuming: TopicPartitions[] = []
    for (const [topic, partitions] of Object.entries(assigned)) {
      const closed = partitions.filter((partition) => isCovered(topic, partition) && !isPaused(topic, partition))
      const opened = partitions.filter((partition) => !isCovered(topic, partition) && isPaused(topic, partition))
      for (const partition of closed) paused.add(keyOf(topic, partition))
      for (const partition of opened) paused.delete(keyOf(topic, partition))
      if (closed.length > 0) pausing.push({ topic, partitions: closed })
      if (opened.length > 0) resuming.push({ topic, partitions: opened })
    }
    if (pausing.length > 0) client.pause(pausing)
    if (resuming.length > 0) client.resume(resuming)
  }
  const isCovered = (topic: string, partition: number) => {
    for (const covers of reasons.values()) if (covers(topic, partition)) return true
    return false
  }
  const isPaused = (topic: string, partition: number) => paused.has(keyOf(topic, partition))

  return {
    close: (reason, covers) => {
      if (reasons.has(reason)) return
      reasons.set(reason, covers)
      apply()
    },
    open: (reason) => {
      if (reasons.delete(reason)) apply()
    },
    assign: (next, keeps) => {
      for (const reason of reasons.keys()) if (!keeps(reason)) reasons.delete(reason)
      assigned = next
      paused = new Set()
      // The client remembers pauses of earlier assignments.
      client.resume(Object.entries(next).map(([topic, partitions]) => ({ topic, partitions: [...partitions] })))
      apply()
    },
    isPaused,
    get paused() {
      return paused.size
    },
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
