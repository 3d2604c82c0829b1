import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { GROUPS, TOPICS, type TopicName } from '@buyer-group/shared/messages/topics.ts'
import type { Deployment } from '../processes/deployment.ts'
import type { OnEnd } from './on-end.ts'

/** Looks for committed offsets that have passed unfinished work (guarantees.md, I4), also while all is at work. */
export interface CommitWatch {
  /** The ids of messages that stand before a committed offset although they are not finished; none is right. */
  findEarly(): Promise<readonly string[]>
}

/**
 * Commits are read first and the database last, so what is found unfinished was unfinished when it was committed.
 * For deployments in which nothing is retried by topic or dead-lettered: a message that moved there is finished too.
 */
export async function watchCommits(onEnd: OnEnd, deployment: Deployment): Promise<CommitWatch> {
  const { kafkaBrokers, topicPrefix, collections } = deployment
  const logger = createLogger('watch-commits', 'fatal')
  const admin = createKafka({ brokers: kafkaBrokers, clientId: 'watch-commits', logger }).admin()
  await admin.connect()
  onEnd(() => admin.disconnect())
  const names = topicNames(topicPrefix)

  const committedIds = async (group: keyof typeof GROUPS, topic: TopicName) => {
    const [committed] = await admin.fetchOffsets({ groupId: names.group(GROUPS[group]), topics: [names.name(topic)] })
    const offsets = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
    const messages = await deployment.readBytes(topic)
    const passed = messages.filter(({ partition, offset }) => Number(offset) < (offsets.get(partition) ?? -1))
    return passed.map(({ headers }) => String(headers.ce_id))
  }

  return {
    findEarly: async () => {
      const events = await committedIds('detector', TOPICS.personChanges)
      const commands = await committedIds('refresher', TOPICS.refreshCommandsNormal)
      const [decided, refreshed] = await Promise.all([
        collections.webhookEvents.distinct('idempotencyKey', { processed: true }),
        collections.refreshLogs.distinct('commandId', { status: { $in: ['completed', 'failed', 'superseded'] } }),
      ])
      const finished = new Set([...decided, ...refreshed])
      return [...events, ...commands].filter((id) => !finished.has(id))
    },
  }
}
