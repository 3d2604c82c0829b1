import { bytesOf, type Dispatcher, type Task } from './task.ts'

/**
 * Runs tasks of different keys side by side, up to `concurrency`, and those of one key one after another in the order
 * they came: never two of one key at once in this process, also across a rebalance, because a running task keeps its
 * lane busy until it ends. `run` must not reject.
 */
export function createKeyLanes(options: {
  readonly concurrency: number
  readonly run: (task: Task) => Promise<void>
  /** Called after a task has left the queue. */
  readonly onTaken: () => void
}): Dispatcher {
  const waiting = new Map<string, Task[]>()
  /** Keys that have something waiting and nothing running, oldest first. */
  const ready = new Set<string>()
  const busy = new Set<string>()
  const running = new Set<Promise<void>>()
  let queued = 0
  let queuedBytes = 0

  const fill = () => {
    for (const key of ready) {
      if (busy.size >= options.concurrency) return
      ready.delete(key)
      const lane = waiting.get(key)
      const task = lane?.shift()
      if (lane === undefined || task === undefined) continue
      if (lane.length === 0) waiting.delete(key)
      queued -= 1
      queuedBytes -= bytesOf(task)
      start(key, task)
    }
  }

  const start = (key: string, task: Task) => {
    busy.add(key)
    const work = options.run(task).finally(() => {
      busy.delete(key)
      running.delete(work)
      if (waiting.has(key)) ready.add(key)
      fill()
    })
    running.add(work)
    options.onTaken()
  }

  return {
    add: (tasks) => {
      for (const task of tasks) {
        const key = laneOf(task)
        const lane = waiting.get(key)
        if (lane === undefined) waiting.set(key, [task])
        else lane.push(task)
        if (!busy.has(key)) ready.add(key)
        queued += 1
        queuedBytes += bytesOf(task)
      }
      fill()
    },
    get queued() {
      return queued
    },
    get queuedBytes() {
      return queuedBytes
    },
    dropQueued: () => {
      waiting.clear()
      ready.clear()
      queued = 0
      queuedBytes = 0
    },
    idle: async () => {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

/** Messages without a key have no order among each other but their partition's. */
function laneOf({ message }: Task): string {
  return message.key === null ? `\0${message.topic}/${message.partition}` : message.key.toString('utf8')
}
