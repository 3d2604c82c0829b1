import { gather } from '@buyer-group/shared/batching/gather.ts'
import type { OutgoingMessage, Publisher } from '@buyer-group/shared/kafka/outgoing.ts'

/** Bytes of values in one round trip, about what the publisher puts into one request. */
const MAX_BYTES = 640 * 1_024

/** A publisher that puts the messages of refreshes running side by side into one request; those of each in order. */
export function gatherPublishing(publisher: Publisher): Publisher {
  return {
    publish: gather<readonly OutgoingMessage[], void>({
      maxBatch: 256,
      maxInFlight: 1,
      maxBatchWeight: MAX_BYTES,
      weigh: (messages) => messages.reduce((bytes, { value }) => bytes + (value?.length ?? 0), 0),
      run: async (lists) => {
        await publisher.publish(lists.flat())
        return lists.map(() => undefined)
      },
    }),
  }
}
