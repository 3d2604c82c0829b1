/** A fetch that brings this many messages was large enough; the next one need not wait for more to gather. */
const LARGE_FETCH_MESSAGES = 1_000

/** How long a fetch is held back for room in memory, in milliseconds, before partitions are paused instead. */
const ROOM_PATIENCE_MS = 300
const ROOM_STEP_MS = 10

/**
 * The pause between one fetch and the next. kafkajs fetches again once every callback of the last fetch has returned;
 * all those that call this within one pause share it.
 *
 * After a small fetch: a rest, so that busy topics are read in fewer and larger pieces; a fetch answered by the first
 * message that arrives costs the broker and us as much as one that brings hundreds. An idle consumer's fetch stands
 * open at the broker, so that a message after a quiet time waits for nothing.
 *
 * Where memory is full and empties fast: until there is room. To pause partitions for that moment would cost more, as
 * kafkajs looks only every so often whether a consumer that paused everything may go on.
 */
export function createFetchPace(options: {
  /** Milliseconds from the first call to the next fetch. */
  readonly restMs: number
  readonly isFull: () => boolean
  /** Messages in memory. */
  readonly queued: () => number
}): (messages: number) => Promise<void> {
  let pausing: Promise<void> | undefined
  let brought = 0

  const pause = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    if (brought < LARGE_FETCH_MESSAGES) await wait(options.restMs)
    brought = 0
    if (options.isFull()) await waitForRoom()
    pausing = undefined
  }

  /** Gives up as soon as the room will not be there in time at the rate at which memory empties. */
  const waitForRoom = async () => {
    const before = options.queued()
    for (let waited = ROOM_STEP_MS; waited <= ROOM_PATIENCE_MS; waited += ROOM_STEP_MS) {
      await wait(ROOM_STEP_MS)
      if (!options.isFull()) return
      const taken = before - options.queued()
      if (waited > ROOM_STEP_MS && (taken / waited) * ROOM_PATIENCE_MS < before / 2) return
    }
  }

  return (messages) => {
    brought += messages
    pausing ??= pause()
    return pausing
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
