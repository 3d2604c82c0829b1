import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import type { Deployment } from '../processes/deployment.ts'
import type { OnEnd } from './on-end.ts'

/** Where the partitions of a deployment's topics stand in a cluster, with the broker's own topic of committed offsets. */
export interface Leaders {
  /** Whether every partition has a leader, and none is this broker. */
  allOnOthersThan(nodeId: number): Promise<boolean>
  /** Whether every copy of every partition is in sync. */
  allInSync(): Promise<boolean>
  /** How many copies each partition has; the least of them. */
  copies(): Promise<number>
}

/** Asks the cluster, whichever broker answers. */
export async function watchLeaders(
  onEnd: OnEnd,
  { kafkaBrokers, topicPrefix }: Pick<Deployment, 'kafkaBrokers' | 'topicPrefix'>,
): Promise<Leaders> {
  const logger = createLogger('watch-leaders', 'fatal')
  const admin = createKafka({ brokers: kafkaBrokers, clientId: 'watch-leaders', logger }).admin()
  await admin.connect()
  onEnd(() => admin.disconnect())
  const partitions = async () => {
    const { topics } = await admin.fetchTopicMetadata()
    const ours = topics.filter(({ name }) => name.startsWith(topicPrefix) || name === '__consumer_offsets')
    return ours.flatMap((topic) => topic.partitions)
  }
  return {
    allOnOthersThan: async (nodeId) => (await partitions()).every(({ leader }) => leader >= 0 && leader !== nodeId),
    allInSync: async () => (await partitions()).every(({ isr, replicas }) => isr.length === replicas.length),
    copies: async () => Math.min(...(await partitions()).map(({ replicas }) => replicas.length)),
  }
}
