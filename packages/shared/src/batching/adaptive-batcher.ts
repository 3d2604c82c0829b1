import { AppError } from '../errors/app-error.ts'

export interface AdaptiveBatcherOptions<Item, Result> {
  /** Most items in one batch. */
  readonly maxBatch: number
  /** Most items that may wait; one more is refused with `overloaded`. */
  readonly maxQueued: number
  /** Most batches under way at once. */
  readonly maxInFlight: number
  /**
   * Sends another batch beside those under way only once it holds this many items and is as large as they are: for work
   * that costs about the same for one item as for many, where small batches beside one another would only slow each
   * other down. Without it whatever waits is sent.
   */
  readonly overlapFrom?: number
  /** For how long (milliseconds) a batch may keep those from being sent; they need not wait for a slow one. */
  readonly overlapAfterMs?: number
  /** Does the work of a batch; resolves to one result an item, in the same order. A rejection fails every item of it. */
  flush(items: readonly Item[]): Promise<readonly Result[]>
  /** What an item weighs, such as its bytes; 0 where not given. */
  weigh?(item: Item): number
  /** Most weight in one batch; an item that is heavier travels alone. */
  readonly maxBatchWeight?: number
  /** Most weight that may wait. */
  readonly maxQueuedWeight?: number
}

export interface AdaptiveBatcher<Item, Result> {
  /**
   * Hands an item in and resolves to its result.
   * @throws AppError `overloaded` (unavailable) when the queue is full, `shutting_down` after `close`; else what `flush` threw.
   */
  add(item: Item): Promise<Result>
  /** Items that wait, those in flight not counted. */
  queued(): number
  /** How full the queue is, by items or by weight, whichever is more: from 0 to 1, and above only by one heavy item. */
  fullness(): number
  /** Takes nothing more and resolves once all that was taken has its result. */
  close(): Promise<void>
}

interface Entry<Item, Result> {
  readonly item: Item
  readonly weight: number
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers items into batches without waiting for a time: a batch takes what gathered while the earlier ones were in flight,
 * so it is small (and quick) under light load and large under heavy load. The first items wait for the end of the event
 * loop's turn, so that all requests read in one turn share a batch.
 */
export function createAdaptiveBatcher<Item, Result>(
  options: AdaptiveBatcherOptions<Item, Result>,
): AdaptiveBatcher<Item, Result> {
  const { maxBatch, maxQueued, maxInFlight, flush } = options
  const maxBatchWeight = options.maxBatchWeight ?? Number.POSITIVE_INFINITY
  const maxQueuedWeight = options.maxQueuedWeight ?? Number.POSITIVE_INFINITY
  const overlapAfterMs = options.overlapAfterMs ?? Number.POSITIVE_INFINITY
  let queue: Entry<Item, Result>[] = []
  let queuedWeight = 0
  /** When each batch under way began, the oldest first. */
  const inFlight = new Set<{ readonly startedAt: number }>()
  let itemsInFlight = 0
  let lookingAgain: NodeJS.Timeout | undefined
  let scheduled = false
  let closed = false
  let onIdle: (() => void) | undefined

  const mayStart = () => {
    if (queue.length === 0 || inFlight.size >= maxInFlight) return false
    if (inFlight.size === 0 || options.overlapFrom === undefined || patienceLeft() <= 0) return true
    return queue.length >= options.overlapFrom && queue.length * inFlight.size >= itemsInFlight
  }

  /** How long the oldest batch under way may still hold others back, in milliseconds. */
  const patienceLeft = () => {
    for (const { startedAt } of inFlight) return startedAt + overlapAfterMs - performance.now()
    return 0
  }

  const lookAgain = () => {
    if (lookingAgain !== undefined || overlapAfterMs === Number.POSITIVE_INFINITY) return
    lookingAgain = setTimeout(() => {
      lookingAgain = undefined
      schedule()
    }, patienceLeft())
  }

  const schedule = () => {
    if (scheduled) return
    if (!mayStart()) {
      if (queue.length > 0 && inFlight.size < maxInFlight) lookAgain()
      return
    }
    scheduled = true
    setImmediate(() => {
      scheduled = false
      while (mayStart()) void send(takeBatch())
      schedule()
    })
  }

  const takeBatch = (): Entry<Item, Result>[] => {
    let count = 0
    let weight = 0
    for (const entry of queue) {
      if (count === maxBatch || (count > 0 && weight + entry.weight > maxBatchWeight)) break
      weight += entry.weight
      count += 1
    }
    const batch = queue.slice(0, count)
    queue = queue.slice(count)
    queuedWeight -= weight
    return batch
  }

  const send = async (batch: readonly Entry<Item, Result>[]) => {
    const own = { startedAt: performance.now() }
    inFlight.add(own)
    itemsInFlight += batch.length
    try {
      const results = await flush(batch.map((entry) => entry.item))
      if (results.length !== batch.length) throw wrongCount(results.length, batch.length)
      for (const [index, entry] of batch.entries()) entry.resolve(results[index] as Result)
    } catch (error) {
      for (const entry of batch) entry.reject(error)
    } finally {
      inFlight.delete(own)
      itemsInFlight -= batch.length
      if (inFlight.size === 0 && queue.length === 0) onIdle?.()
      schedule()
    }
  }

  return {
    add: (item) => {
      if (closed) return Promise.reject(refused('shutting_down', 'shutting down: nothing more is taken'))
      const weight = options.weigh?.(item) ?? 0
      const full = queue.length >= maxQueued || (queue.length > 0 && queuedWeight + weight > maxQueuedWeight)
      if (full) return Promise.reject(refused('overloaded', `the queue is full (${queue.length} waiting)`))
      return new Promise((resolve, reject) => {
        queue.push({ item, weight, resolve, reject })
        queuedWeight += weight
        schedule()
      })
    },
    queued: () => queue.length,
    fullness: () => Math.max(queue.length / maxQueued, queuedWeight / maxQueuedWeight),
    close: () => {
      closed = true
      if (inFlight.size === 0 && queue.length === 0) return Promise.resolve()
      return new Promise((resolve) => {
        onIdle = resolve
      })
    },
  }
}

function refused(code: 'overloaded' | 'shutting_down', message: string): AppError {
  return new AppError(message, { code, fate: 'unavailable' })
}

function wrongCount(got: number, expected: number): AppError {
  return new AppError(`a batch of ${expected} gave ${got} results`, { code: 'wrong_result_count', fate: 'unknown' })
}
