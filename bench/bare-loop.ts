import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import type { PersonChange, RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { collectionsOf, type WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'

/**
 * The yardstick of the detector's benchmark: consume with kafkajs, upsert each batch into MongoDB in one unordered bulk
 * write (majority, journaled), produce the batch's commands, commit. The same events become the same documents under the
 * same indexes, but nothing is checked, no window exists and nothing is recovered after a crash.
 * Argument: how many commands it produces, `every` (one a message), `first` (one a company) or `none`.
 */
const env = (name: string) => process.env[name] ?? ''
const commandsFor = process.argv[2]

const logger = createLogger('bare-loop', 'error')
const topics = topicNames(env('TOPIC_PREFIX'))
const { client, db } = await connectMongo({
  uri: env('MONGODB_URI'),
  database: env('MONGODB_DATABASE'),
  appName: 'bare-loop',
})
const { webhookEvents } = collectionsOf(db)
const kafka = createKafka({ brokers: env('KAFKA_BROKERS').split(','), clientId: 'bare-loop', logger })
const publisher = await openPublisher(kafka)
const registry = createRegistry(env('SCHEMA_REGISTRY_URL'))
const decode = openDecoder(registry, 'person-change')
const commandTopic = topics.command('normal')
const encode = await openEncoder(registry, commandTopic, 'refresh-command')
const consumer = kafka.consumer({ groupId: topics.group('bare-loop'), maxBytes: 8 * 1024 * 1024 })
const commanded = new Set<string>()

consumer.on(consumer.events.GROUP_JOIN, () => console.log('joined the group'))
await consumer.connect()
await consumer.subscribe({ topics: [topics.name(TOPICS.personChanges)], fromBeginning: true })
await consumer.run({
  autoCommit: false,
  partitionsConsumedConcurrently: 4,
  eachBatch: async ({ batch, commitOffsetsIfNecessary }) => {
    const { topic, partition } = batch
    const changes = await Promise.all(batch.messages.map(({ value }) => decode(value)))
    await webhookEvents.bulkWrite(
      changes.map((change) => {
        const { idempotencyKey, ...rest } = toDoc(change)
        return { updateOne: { filter: { idempotencyKey }, update: { $setOnInsert: rest }, upsert: true } }
      }),
      { ordered: false },
    )
    const commands = changes.filter(needsCommand).map(toCommand)
    await publisher.publish(
      commands.map((command) => ({ topic: commandTopic, key: command.companyId, value: encode(command), headers: {} })),
    )
    const offset = String(Number(batch.lastOffset()) + 1)
    await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] })
  },
})

process.once('SIGTERM', async () => {
  await consumer.disconnect()
  await publisher.close()
  await client.close()
  process.exit(0)
})

function needsCommand({ companyId }: PersonChange): boolean {
  if (commandsFor !== 'first') return commandsFor === 'every'
  if (commanded.has(companyId)) return false
  commanded.add(companyId)
  return true
}

function toDoc(change: PersonChange): WebhookEventDoc {
  return {
    idempotencyKey: `${change.source}:${change.eventId}`,
    source: change.source,
    eventType: change.type,
    payload: JSON.parse(change.payload),
    bodySha256: change.bodySha256,
    companyId: change.companyId,
    occurredAt: new Date(change.timestamp),
    receivedAt: new Date(change.receivedAt),
    processed: true,
    processedAt: new Date(),
    decision: { outcome: 'coalesced', commandIds: [] },
    waitingFor: [change.companyId],
  }
}

function toCommand({ companyId, companyName, eventId, source, type, personId }: PersonChange): RefreshCommand {
  const now = Date.now()
  return {
    commandId: `${companyId}:${eventId}`,
    companyId,
    companyName,
    workspaceId: 'default',
    reason: 'webhook',
    priority: 'normal',
    changeTypes: [type],
    triggeredBy: [`${source}:${personId}`],
    triggeredByCount: 1,
    sequence: now,
    requestedAt: now,
  }
}
