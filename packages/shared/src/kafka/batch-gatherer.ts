import { bytesOf, type Dispatcher, type Task } from './task.ts'

/**
 * Runs one batch at a time, made of what gathered over all partitions while the last one was in flight: the busier,
 * the larger. Order within a partition is kept. `run` must not reject.
 */
export function createBatchGatherer(options: {
  readonly maxBatch: number
  readonly run: (tasks: readonly Task[]) => Promise<void>
  /** Called after a batch has left the queue, with the first of it. */
  readonly onTaken: (task: Task) => void
}): Dispatcher {
  let queue: Task[] = []
  let queuedBytes = 0
  let running: Promise<void> | undefined

  const loop = async () => {
    // One turn of the event loop, so that batches which arrive together are gathered together.
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) {
      const batch = queue.splice(0, options.maxBatch)
      for (const task of batch) queuedBytes -= bytesOf(task)
      if (batch[0] !== undefined) options.onTaken(batch[0])
      await options.run(batch)
    }
    running = undefined
  }

  return {
    add: (tasks) => {
      for (const task of tasks) {
        queue.push(task)
        queuedBytes += bytesOf(task)
      }
      running ??= loop()
    },
    get queued() {
      return queue.length
    },
    classes: 1,
    load: () => ({ messages: queue.length, bytes: queuedBytes }),
    dropQueued: () => {
      queue = []
      queuedBytes = 0
    },
    idle: () => running ?? Promise.resolve(),
  }
}
