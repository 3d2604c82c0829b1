import { weightedTurns } from './rules/weighted-turns.ts'
import { bytesOf, type Dispatcher, type Task } from './task.ts'

/** Keys of one consumed topic (its retry topics included), each with what waits for its turn. */
interface LaneClass {
  readonly waiting: Map<string, Task[]>
  /** Keys that have something waiting and nothing running in any class, oldest first. */
  readonly ready: Set<string>
  messages: number
  bytes: number
}

/**
 * Runs tasks of different keys side by side, up to `concurrency`, and those of one key one after another: never two of
 * one key at once in this process over all topics, also across a rebalance, because a running task keeps its key busy
 * until it ends. Within a topic a key's tasks run in the order they came. A free place goes to the topics by weight,
 * and within a topic to the key that waits longest. `run` must not reject.
 */
export function createKeyLanes(options: {
  readonly concurrency: number
  /** By consumed topic, in the order of preference. */
  readonly weights: ReadonlyMap<string, number>
  readonly run: (task: Task) => Promise<void>
  /** Called after a task has left the queue. */
  readonly onTaken: (task: Task) => void
}): Dispatcher {
  const classes = [...options.weights.keys()].map(
    (): LaneClass => ({ waiting: new Map(), ready: new Set(), messages: 0, bytes: 0 }),
  )
  const classOf = new Map([...options.weights.keys()].map((topic, index) => [topic, classes[index] as LaneClass]))
  const turns = weightedTurns([...options.weights.values()])
  const isReady = (index: number) => (classes[index]?.ready.size ?? 0) > 0
  const busy = new Set<string>()
  let whenIdle: (() => void)[] = []

  const fill = () => {
    while (busy.size < options.concurrency) {
      const turn = turns.next(isReady)
      if (turn === undefined) return
      take(classes[turn] as LaneClass)
    }
  }

  const take = (from: LaneClass) => {
    const key = from.ready.values().next().value as string
    const lane = from.waiting.get(key) as Task[]
    const task = lane.shift() as Task
    if (lane.length === 0) from.waiting.delete(key)
    from.messages -= 1
    from.bytes -= bytesOf(task)
    for (const { ready } of classes) ready.delete(key)
    busy.add(key)
    void run(key, task)
    options.onTaken(task)
  }

  const run = async (key: string, task: Task) => {
    await options.run(task)
    busy.delete(key)
    for (const { waiting, ready } of classes) if (waiting.has(key)) ready.add(key)
    fill()
    if (busy.size > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  const enqueue = (task: Task) => {
    const into = classOf.get(task.delivery.topic)
    if (into === undefined) throw new Error(`no class for topic ${task.delivery.topic}`)
    const key = laneOf(task)
    const lane = into.waiting.get(key)
    if (lane === undefined) into.waiting.set(key, [task])
    else lane.push(task)
    if (!busy.has(key)) into.ready.add(key)
    into.messages += 1
    into.bytes += bytesOf(task)
  }

  return {
    classes: classes.length,
    add: (tasks) => {
      for (const task of tasks) enqueue(task)
      fill()
    },
    get queued() {
      return classes.reduce((sum, { messages }) => sum + messages, 0)
    },
    load: (topic) => classOf.get(topic) ?? { messages: 0, bytes: 0 },
    dropQueued: () => {
      for (const one of classes) {
        one.waiting.clear()
        one.ready.clear()
        one.messages = 0
        one.bytes = 0
      }
    },
    idle: () => (busy.size === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  }
}

/** Messages without a key have no order among each other but their partition's. */
function laneOf({ message }: Task): string {
  return message.key === null ? `\0${message.topic}/${message.partition}` : message.key.toString('utf8')
}
