import type { Assignment } from './assignment.ts'
import type { FetchGate } from './fetch-gate.ts'
import type { Dispatcher } from './task.ts'

/** Over all classes: fetching for a class pauses above its part of this and resumes below half of it. */
const MAX_QUEUED_MESSAGES = 4_000
const MAX_QUEUED_BYTES = 32 * 1024 * 1024

/** Most offsets of one partition from the first unfinished one on: what a crash hands out again, and what one slow key piles up. */
const MAX_UNCOMMITTABLE = 50_000

export interface MemoryBounds {
  /** Whether any class has as much queued as it may. */
  readonly isFull: boolean
  /** Looks at a class again after its queue changed. */
  noteLoad(topic: string): void
  /** Stops fetching for the classes that are full. */
  pauseFull(): void
  /** Looks at how far a partition has run ahead of what may be committed. */
  noteFetched(assignment: Assignment, topic: string, partition: number): void
  /** Opens partitions whose gap has closed; cheap enough for every finished task. */
  noteFinished(assignment: Assignment): void
  reset(): void
}

/**
 * Keeps what is in memory bounded, each class apart, so that a flood of one topic's messages keeps no other's from being
 * fetched. `originOf` names the consumed topic of a retry topic.
 */
export function createMemoryBounds(options: {
  readonly dispatcher: Pick<Dispatcher, 'load' | 'classes'>
  readonly gate: FetchGate
  readonly originOf: (topic: string) => string
  /** The consumed topics. */
  readonly topics: readonly string[]
}): MemoryBounds {
  const { dispatcher, gate, originOf } = options
  const maxMessages = MAX_QUEUED_MESSAGES / dispatcher.classes
  const maxBytes = MAX_QUEUED_BYTES / dispatcher.classes
  const full = new Set<string>()
  const ahead = new Map<string, { readonly topic: string; readonly partition: number }>()

  const look = (topic: string) => {
    const { messages, bytes } = dispatcher.load(topic)
    const limit = full.has(topic) ? 0.5 : 1
    if (messages > maxMessages * limit || bytes > maxBytes * limit) full.add(topic)
    else if (full.delete(topic)) gate.open(`full ${topic}`)
  }

  return {
    get isFull() {
      return full.size > 0
    },
    noteLoad: (topic) => {
      if (dispatcher.classes > 1) look(topic)
      else for (const each of options.topics) look(each)
    },
    pauseFull: () => {
      for (const topic of full) gate.close(`full ${topic}`, (candidate) => originOf(candidate) === topic)
    },
    noteFetched: (assignment, topic, partition) => {
      if (assignment.uncommittable(topic, partition) <= MAX_UNCOMMITTABLE) return
      const reason = `ahead ${topic}/${partition}`
      ahead.set(reason, { topic, partition })
      gate.close(reason, (name, number) => name === topic && number === partition)
    },
    noteFinished: (assignment) => {
      for (const [reason, { topic, partition }] of ahead) {
        if (assignment.uncommittable(topic, partition) > MAX_UNCOMMITTABLE / 2) continue
        ahead.delete(reason)
        gate.open(reason)
      }
    },
    reset: () => {
      full.clear()
      ahead.clear()
    },
  }
}
