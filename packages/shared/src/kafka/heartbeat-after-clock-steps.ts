import { createRequire } from 'node:module'

interface ConsumerGroup {
  /** When the last heartbeat was answered, in milliseconds by the time of day. */
  lastRequest: number
  heartbeat(options: { readonly interval: number }): Promise<void>
}

// Internal to kafkajs, therefore without types; the version is pinned by the lockfile.
const require = createRequire(import.meta.url)
const { prototype } = require('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup }
const { heartbeat } = prototype

/**
 * kafkajs 2.2.4 spaces heartbeats by the time of day. Where the clock is set back by two hours it sends none for two
 * hours: the group gives the partitions away, and every commit is refused without the consumer ever joining again. After
 * this, a last heartbeat that lies in the future counts as long ago.
 */
export function heartbeatAfterClockSteps(): void {
  prototype.heartbeat = heartbeatUnlessRecent
}

function heartbeatUnlessRecent(this: ConsumerGroup, options: { readonly interval: number }): Promise<void> {
  if (this.lastRequest > Date.now()) this.lastRequest = 0
  return heartbeat.call(this, options)
}
