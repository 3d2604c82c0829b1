import type { Assignment } from './assignment.ts'
import type { Delivery } from './delivery.ts'
import type { IncomingMessage } from './incoming.ts'

/** A message to work on, under the assignment that handed it out. */
export interface Task {
  readonly message: IncomingMessage
  readonly assignment: Assignment
  readonly delivery: Delivery
}

export interface QueueLoad {
  readonly messages: number
  /** Of the values. */
  readonly bytes: number
}

/** Decides which queued tasks run when; how they run is a plain function given to it. */
export interface Dispatcher {
  add(tasks: readonly Task[]): void
  /** Queued and not started. */
  readonly queued: number
  /** What is queued in the class of a consumed topic. Classes are bounded apart, so that none fills another's place. */
  load(topic: string): QueueLoad
  /** How many classes share the memory. */
  readonly classes: number
  /** Forgets what has not started. */
  dropQueued(): void
  /** Resolves when nothing runs any more. What is queued is not waited for: drop it first to drain. */
  idle(): Promise<void>
}

export function bytesOf(task: Task): number {
  return task.message.value?.length ?? 0
}
