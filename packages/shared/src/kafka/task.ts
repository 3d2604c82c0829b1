import type { Assignment } from './assignment.ts'
import type { IncomingMessage } from './incoming.ts'

/** A message to work on, under the assignment that handed it out. */
export interface Task {
  readonly message: IncomingMessage
  readonly assignment: Assignment
}

/** Decides which queued tasks run when; how they run is a plain function given to it. */
export interface Dispatcher {
  add(tasks: readonly Task[]): void
  /** Queued and not started. */
  readonly queued: number
  /** Bytes of the values of what is queued. */
  readonly queuedBytes: number
  /** Forgets what has not started. */
  dropQueued(): void
  /** Resolves when nothing runs any more. What is queued is not waited for: drop it first to drain. */
  idle(): Promise<void>
}

export function bytesOf(task: Task): number {
  return task.message.value?.length ?? 0
}
