import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createAdaptiveBatcher } from './adaptive-batcher.ts'

/** A flush that records its batches and finishes each when told to. */
function controlledFlush() {
  const batches: { items: readonly number[]; finish(): void; fail(error: Error): void }[] = []
  const flush = (items: readonly number[]) =>
    new Promise<readonly number[]>((resolve, reject) => {
      batches.push({ items, finish: () => resolve(items.map((item) => item * 10)), fail: reject })
    })
  return { batches, flush }
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

const limits = { maxBatch: 10, maxQueued: 100, maxInFlight: 1 }

describe('the adaptive batcher', () => {
  test('items added in one turn share a batch and each gets its own result', async () => {
    const { batches, flush } = controlledFlush()
    const batcher = createAdaptiveBatcher({ ...limits, flush })
    const results = Promise.all([batcher.add(1), batcher.add(2), batcher.add(3)])
    await turn()
    expect(batches.map((batch) => batch.items)).toEqual([[1, 2, 3]])
    batches[0]?.finish()
    expect(await results).toEqual([10, 20, 30])
  })

  test('what gathers while a batch is in flight goes together once it is done', async () => {
    const { batches, flush } = controlledFlush()
    const batcher = createAdaptiveBatcher({ ...limits, flush })
    void batcher.add(1)
    await turn()
    void batcher.add(2)
    await turn()
    void batcher.add(3)
    await turn()
    expect(batches.map((batch) => batch.items)).toEqual([[1]])
    expect(batcher.queued()).toBe(2)
    batches[0]?.finish()
    await turn()
    expect(batches.map((batch) => batch.items)).toEqual([[1], [2, 3]])
  })

  test('a batch holds at most maxBatch items and at most maxInFlight batches are under way', async () => {
    const { batches, flush } = controlledFlush()
    const batcher = createAdaptiveBatcher({ maxBatch: 2, maxQueued: 100, maxInFlight: 2, flush })
    for (let item = 1; item <= 5; item += 1) void batcher.add(item)
    await turn()
    expect(batches.map((batch) => batch.items)).toEqual([
      [1, 2],
      [3, 4],
    ])
    batches[1]?.finish()
    await turn()
    expect(batches[2]?.items).toEqual([5])
  })

  test('that overlaps from a size sends a second batch only once it has that and is as large as the one under way', async () => {
    const { batches, flush } = controlledFlush()
    const batcher = createAdaptiveBatcher({ ...limits, maxInFlight: 2, overlapFrom: 2, flush })
    for (const item of [1, 2, 3]) void batcher.add(item)
    await turn()
    for (const item of [4, 5]) void batcher.add(item)
    await turn()
    expect(batches.map((batch) => batch.items)).toEqual([[1, 2, 3]])
    void batcher.add(6)
    await turn()
    expect(batches[1]?.items).toEqual([4, 5, 6])
    void batcher.add(7)
    batches[0]?.finish()
    await turn()
    expect(batches).toHaveLength(2)
    batches[1]?.finish()
    await turn()
    expect(batches[2]?.items).toEqual([7])
    void batcher.add(8)
    await turn()
    expect(batches).toHaveLength(3)
    void batcher.add(9)
    await turn()
    expect(batches[3]?.items).toEqual([8, 9])
  })

  test('a slow batch holds small ones back no longer than it may', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const { batches, flush } = controlledFlush()
    const batcher = createAdaptiveBatcher({
      ...limits,
      maxBatch: 1,
      maxInFlight: 2,
      overlapFrom: 5,
      overlapAfterMs: 50,
      flush,
    })
    void batcher.add(1)
    void batcher.add(2)
    await turn()
    await vi.advanceTimersByTimeAsync(49)
    await turn()
    expect(batches.map((batch) => batch.items)).toEqual([[1]])
    await vi.advanceTimersByTimeAsync(1)
    await turn()
    expect(batches.map((batch) => batch.items)).toEqual([[1], [2]])
    // While it is still under way, the others go on at once.
    batches[1]?.finish()
    await turn()
    void batcher.add(3)
    await turn()
    expect(batches[2]?.items).toEqual([3])
  })

  test('a batch stays under its weight, and an item that is heavier travels alone', async () => {
    const { batches, flush } = controlledFlush()
    const batcher = createAdaptiveBatcher({
      ...limits,
      maxInFlight: 5,
      maxBatchWeight: 10,
      weigh: (item) => item,
      flush,
    })
    for (const item of [4, 5, 3, 30, 1]) void batcher.add(item)
    await turn()
    expect(batches.map((batch) => batch.items)).toEqual([[4, 5], [3], [30], [1]])
  })

  test('a full queue refuses with the code overloaded, by number and by weight', async () => {
    const { batches, flush } = controlledFlush()
    const byNumber = createAdaptiveBatcher({ maxBatch: 1, maxQueued: 2, maxInFlight: 1, flush })
    void byNumber.add(1)
    await turn()
    void byNumber.add(2)
    void byNumber.add(3)
    await expect(byNumber.add(4)).rejects.toMatchObject({ code: 'overloaded', fate: 'unavailable' })
    batches[0]?.finish()
    await turn()
    void byNumber.add(5)
    expect(byNumber.queued()).toBe(2)
    expect(byNumber.fullness()).toBe(1)

    const byWeight = createAdaptiveBatcher({ ...limits, maxQueuedWeight: 10, weigh: (item: number) => item, flush })
    void byWeight.add(6)
    await expect(byWeight.add(6)).rejects.toMatchObject({ code: 'overloaded' })
    expect(byWeight.fullness()).toBe(0.6)
  })

  test('a batch that fails fails its own items and the next one goes on', async () => {
    const { batches, flush } = controlledFlush()
    const batcher = createAdaptiveBatcher({ ...limits, flush })
    const first = batcher.add(1)
    await turn()
    const second = batcher.add(2)
    batches[0]?.fail(new Error('broker away'))
    await expect(first).rejects.toThrow('broker away')
    await turn()
    batches[1]?.finish()
    expect(await second).toBe(20)
  })

  test('close refuses new items and resolves when all that was taken is done', async () => {
    const { batches, flush } = controlledFlush()
    const batcher = createAdaptiveBatcher({ ...limits, maxBatch: 1, flush })
    const results = Promise.all([batcher.add(1), batcher.add(2)])
    let closed = false
    const closing = batcher.close().then(() => {
      closed = true
    })
    await expect(batcher.add(3)).rejects.toMatchObject({ code: 'shutting_down' })
    await turn()
    batches[0]?.finish()
    await turn()
    expect(closed).toBe(false)
    batches[1]?.finish()
    expect(await results).toEqual([10, 20])
    await closing
  })
})
