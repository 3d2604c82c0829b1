import { classifyError } from '../errors/classify-error.ts'
import { type AdaptiveBatcherOptions, createAdaptiveBatcher } from './adaptive-batcher.ts'

/** More than all that work that runs side by side asks for at once. */
const MAX_QUEUED = 100_000

export interface GatherOptions<Item, Result>
  extends Pick<AdaptiveBatcherOptions<Item, Result>, 'maxBatch' | 'maxInFlight' | 'weigh' | 'maxBatchWeight'> {
  /** Does what was gathered in one round trip, one result an item. May be repeated, also with fewer of the items. */
  run(items: readonly Item[]): Promise<readonly Result[]>
}

type Settled<Result> = { readonly value: Result } | { readonly error: unknown }

/**
 * Gathers what is asked for side by side while the last round trip was under way into the next one. Whoever waits for its
 * own result before it asks for more keeps its order; requests of different askers have none.
 * Each fails for itself: where a round trip fails, all of it is done again one by one, unless a part is away.
 */
export function gather<Item, Result>(options: GatherOptions<Item, Result>): (item: Item) => Promise<Result> {
  const { run, ...limits } = options
  const alone = async (item: Item): Promise<Settled<Result>> => {
    try {
      const [value] = await run([item])
      return { value: value as Result }
    } catch (error) {
      return { error }
    }
  }
  const batcher = createAdaptiveBatcher<Item, Settled<Result>>({
    ...limits,
    maxQueued: MAX_QUEUED,
    flush: async (items) => {
      try {
        return (await run(items)).map((value) => ({ value }))
      } catch (error) {
        if (items.length === 1 || classifyError(error).fate === 'unavailable') throw error
        return Promise.all(items.map(alone))
      }
    },
  })
  return async (item) => {
    const settled = await batcher.add(item)
    if ('error' in settled) throw settled.error
    return settled.value
  }
}
