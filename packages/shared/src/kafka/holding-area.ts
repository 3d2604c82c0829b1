import type { Assignment } from './assignment.ts'
import { remainingDelay } from './rules/retry-delay.ts'
import { bytesOf, type Task } from './task.ts'

/** Fetching of a retry partition pauses above this and resumes below half of it. */
const MAX_HELD_MESSAGES = 500
const MAX_HELD_BYTES = 2 * 1024 * 1024

export interface HoldingArea {
  /** Holds each task until it is due; what is due already comes out before this returns. */
  add(tasks: readonly Task[]): void
  readonly held: number
  /** Forgets everything: it stands in its topic still. */
  clear(): void
}

interface Shelf {
  messages: number
  bytes: number
  full: boolean
}

/**
 * Keeps messages of retry topics in memory until they are due, so that none holds back those behind it. When it is due
 * is decided once, when it comes in, and from there on timers count, which no clock that is set disturbs.
 */
export function createHoldingArea(options: {
  readonly release: (tasks: readonly Task[]) => void
  /** Called when a partition has as much here as it may, and when there is room again. */
  readonly onFull: (topic: string, partition: number, full: boolean) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
}): HoldingArea {
  const timers = new Map<Task, NodeJS.Timeout>()
  let shelves = new WeakMap<Assignment, Map<string, Shelf>>()

  const count = (task: Task, change: 1 | -1) => {
    const { topic, partition } = task.message
    const ofAssignment = shelves.get(task.assignment) ?? new Map<string, Shelf>()
    shelves.set(task.assignment, ofAssignment)
    const shelf = ofAssignment.get(`${topic}/${partition}`) ?? { messages: 0, bytes: 0, full: false }
    ofAssignment.set(`${topic}/${partition}`, shelf)
    shelf.messages += change
    shelf.bytes += change * bytesOf(task)
    const limit = shelf.full ? 0.5 : 1
    const full = shelf.messages > MAX_HELD_MESSAGES * limit || shelf.bytes > MAX_HELD_BYTES * limit
    if (full === shelf.full) return
    shelf.full = full
    options.onFull(topic, partition, full)
  }

  return {
    add: (tasks) => {
      const due: Task[] = []
      for (const task of tasks) {
        const { delayMs } = task.delivery
        const left = remainingDelay({ sentAt: task.message.timestamp, delayMs, now: options.now() })
        if (left === 0) {
          due.push(task)
          continue
        }
        count(task, 1)
        const timer = setTimeout(() => {
          timers.delete(task)
          count(task, -1)
          options.release([task])
        }, left)
        timers.set(task, timer)
      }
      if (due.length > 0) options.release(due)
    },
    get held() {
      return timers.size
    },
    clear: () => {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      shelves = new WeakMap()
    },
  }
}
