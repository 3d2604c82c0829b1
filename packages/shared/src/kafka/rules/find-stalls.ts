/** One assigned partition as broker and consumer see it at one moment. */
export interface PartitionView {
  readonly topic: string
  readonly partition: number
  /** Where the consumer goes on reading. */
  readonly next: number
  /** The broker's first offset and the one after its last. */
  readonly low: number
  readonly high: number
  readonly isPaused: boolean
}

/** When a partition that could be read was last seen to go on: by `topic/partition`. */
export type Standstills = ReadonlyMap<string, { readonly next: number; readonly since: number }>

/**
 * Compares what the broker holds with how far the consumer has read. A partition stands still while it is not paused,
 * the broker has more and nothing of it arrives: lag alone is no stall, and no sign of life of the client disproves one
 * (kafkajs issues #1456, #1599).
 * @param now milliseconds of any clock. @returns what to compare the next look with.
 */
export function findStandstills(views: readonly PartitionView[], before: Standstills, now: number): Standstills {
  const standing = new Map<string, { next: number; since: number }>()
  for (const { topic, partition, next, low, high, isPaused } of views) {
    if (isPaused || high <= Math.max(next, low)) continue
    const key = `${topic}/${partition}`
    const known = before.get(key)
    standing.set(key, known?.next === next ? known : { next, since: now })
  }
  return standing
}

/** The partitions that have stood still for `stallMs`. */
export function findStalls(standing: Standstills, stallMs: number, now: number): readonly string[] {
  return [...standing].flatMap(([key, { since }]) => (now - since >= stallMs ? [key] : []))
}
