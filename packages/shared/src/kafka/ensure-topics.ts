import kafkajs, { type Admin, type ITopicConfig, type Kafka } from 'kafkajs'
import { AppError } from '../errors/app-error.ts'
import type { TopicSpec } from '../messages/topic-spec.ts'
import { createTopics } from './create-topics.ts'

export interface EnsuredTopics {
  readonly created: readonly string[]
  /** One sentence for each existing topic that is not as it should be; nothing was changed about it. */
  readonly differences: readonly string[]
}

/** What is usual where there are enough brokers; with fewer, one copy on each. */
const USUAL_REPLICATION = 3

/**
 * Creates the topics that are missing, with `replication` copies (by default three, or one a broker where there are
 * fewer); with three or more copies two must have a message before it is acknowledged. Safe to run again and from
 * several processes at once. Existing topics are never altered: fewer partitions or another retention can be someone's
 * decision, and more partitions would move keys; they are reported.
 * @throws AppError `not_enough_brokers` or `topic_not_created` (permanent); kafkajs's own errors when Kafka is away.
 */
export async function ensureTopics(
  kafka: Kafka,
  specs: readonly TopicSpec[],
  replication?: number,
): Promise<EnsuredTopics> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const existing = new Set(await admin.listTopics())
    const missing = specs.filter(({ topic }) => !existing.has(topic))
    const present = specs.filter(({ topic }) => existing.has(topic))
    if (missing.length > 0) await createMissing(admin, missing, await chooseReplication(admin, replication))
    return {
      created: missing.map(({ topic }) => topic),
      differences: present.length === 0 ? [] : await findDifferences(admin, present),
    }
  } finally {
    await admin.disconnect()
  }
}

async function chooseReplication(admin: Admin, wanted: number | undefined): Promise<number> {
  const brokers = (await admin.describeCluster()).brokers.length
  if (wanted === undefined) return Math.min(USUAL_REPLICATION, brokers)
  if (wanted <= brokers) return wanted
  throw new AppError(
    `${wanted} copies of each topic (TOPIC_REPLICATION) need as many brokers, and the cluster has ${brokers}`,
    {
      code: 'not_enough_brokers',
      fate: 'permanent',
    },
  )
}

async function createMissing(admin: Admin, specs: readonly TopicSpec[], replication: number): Promise<void> {
  const inSync = replication >= USUAL_REPLICATION ? { 'min.insync.replicas': '2' } : {}
  const topics: ITopicConfig[] = specs.map(({ topic, partitions, config }) => ({
    topic,
    numPartitions: partitions,
    replicationFactor: replication,
    configEntries: Object.entries({ ...config, ...inSync }).map(([name, value]) => ({ name, value })),
  }))
  try {
    await createTopics(admin, topics)
  } catch (error) {
    const refused = refusalsOf(error)
    if (refused.length === 0) throw error
    throw new AppError(`Kafka refused to create ${refused.join('; ')}`, {
      code: 'topic_not_created',
      fate: 'permanent',
      cause: error,
    })
  }
}

/** Which topics were refused and why; empty when the broker was not reached. Another process may have made some. */
function refusalsOf(error: unknown): string[] {
  const errors = (error as { errors?: { topic?: string; type?: string; message?: string }[] } | null)?.errors ?? []
  return errors
    .filter(({ type }) => type !== 'TOPIC_ALREADY_EXISTS')
    .map(({ topic, message }) => `${topic}: ${message}`)
}

async function findDifferences(admin: Admin, specs: readonly TopicSpec[]): Promise<string[]> {
  const [{ topics }, { resources }] = await Promise.all([
    admin.fetchTopicMetadata({ topics: specs.map(({ topic }) => topic) }),
    admin.describeConfigs({
      includeSynonyms: false,
      resources: specs.map(({ topic, config }) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configNames: Object.keys(config),
      })),
    }),
  ])
  return specs.flatMap(({ topic, partitions, config }) => {
    const found = topics.find(({ name }) => name === topic)?.partitions.length ?? 0
    const settings = resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? []
    const others = Object.entries(config).flatMap(([name, value]) => {
      const actual = settings.find(({ configName }) => configName === name)?.configValue
      return actual === value ? [] : [`${topic} has ${name}=${actual}, not ${value}`]
    })
    return found < partitions ? [`${topic} has ${found} partitions, not ${partitions}`, ...others] : others
  })
}
