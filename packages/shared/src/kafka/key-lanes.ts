import { createQueue, type Queue } from './queue.ts'
import { weightedTurns } from './rules/weighted-turns.ts'
import { bytesOf, type Dispatcher, type Task } from './task.ts'

/** One key's tasks that wait for their turn, by class. */
interface Lane {
  readonly key: string
  isBusy: boolean
  readonly waiting: Task[][]
  /** Whether the lane stands in the line of a class. */
  readonly isInLine: boolean[]
}

/** One consumed topic, its retry topics included. */
interface LaneClass {
  readonly index: number
  /** Lanes that had something waiting when they came, longest there first; those served for another class since are passed over. */
  readonly line: Queue<Lane>
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
    (_, index): LaneClass => ({ index, line: createQueue(), messages: 0, bytes: 0 }),
  )
  const classOf = new Map([...options.weights.keys()].map((topic, index) => [topic, classes[index] as LaneClass]))
  const turns = weightedTurns([...options.weights.values()])
  const lanes = new Map<string, Lane>()
  let busy = 0
  let whenIdle: (() => void)[] = []

  const fill = () => {
    while (busy < options.concurrency) {
      const turn = turns.next(isReady)
      if (turn === undefined) return
      take(classes[turn] as LaneClass)
    }
  }

  const isReady = (index: number) => {
    const { line } = classes[index] as LaneClass
    for (let lane = line.first(); lane !== undefined; lane = line.first()) {
      if (!lane.isBusy && (lane.waiting[index]?.length ?? 0) > 0) return true
      line.shift()
      lane.isInLine[index] = false
    }
    return false
  }

  const take = (from: LaneClass) => {
    const lane = from.line.shift() as Lane
    lane.isInLine[from.index] = false
    const task = lane.waiting[from.index]?.shift() as Task
    from.messages -= 1
    from.bytes -= bytesOf(task)
    lane.isBusy = true
    busy += 1
    void options.run(task).then(() => end(lane))
    options.onTaken(task)
  }

  const end = (lane: Lane) => {
    lane.isBusy = false
    busy -= 1
    let isEmpty = true
    for (const each of classes) if (joinLine(lane, each)) isEmpty = false
    if (isEmpty && lanes.get(lane.key) === lane) lanes.delete(lane.key)
    fill()
    if (busy > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  /** False if nothing waits in the lane for this class. */
  const joinLine = (lane: Lane, { index, line }: LaneClass): boolean => {
    if (lane.waiting[index]?.length === 0) return false
    if (!lane.isInLine[index]) line.push(lane)
    lane.isInLine[index] = true
    return true
  }

  const enqueue = (task: Task) => {
    const into = classOf.get(task.delivery.topic)
    if (into === undefined) throw new Error(`no class for topic ${task.delivery.topic}`)
    const key = keyOf(task)
    let lane = lanes.get(key)
    if (lane === undefined) {
      lane = { key, isBusy: false, waiting: classes.map(() => []), isInLine: classes.map(() => false) }
      lanes.set(key, lane)
    }
    lane.waiting[into.index]?.push(task)
    if (!lane.isBusy) joinLine(lane, into)
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
      for (const lane of lanes.values()) {
        for (const waiting of lane.waiting) waiting.length = 0
        if (!lane.isBusy) lanes.delete(lane.key)
      }
      for (const each of classes) {
        each.messages = 0
        each.bytes = 0
      }
    },
    idle: () => (busy === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  }
}

/**
 * Messages without a key have no order among each other but their partition's. Latin-1 keeps different bytes different
 * and is the fastest to make.
 */
function keyOf({ message }: Task): string {
  return message.key === null ? `\0${message.topic}/${message.partition}` : message.key.toString('latin1')
}
