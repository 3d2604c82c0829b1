import { createKafka, type Kafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { createTopics } from '@buyer-group/shared/kafka/create-topics.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { type OpenPublisher, openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import { readTopics } from '@buyer-group/shared/kafka/read-topic.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { type Collections, collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { migrate } from '@buyer-group/shared/mongo/migrations/migrate.ts'
import { temporaryTopic } from '@buyer-group/testing/kafka/temporary-topic.ts'
import { useFreshDatabase } from '@buyer-group/testing/mongo/use-fresh-database.ts'
import { beforeAll, onTestFinished } from 'vitest'
import { listDeadLetters } from '../list-dead-letters.ts'
import { type PlanOptions, planReplay } from '../plan-replay.ts'
import type { DeadLetterList } from '../rules/dead-letter-list.ts'
import type { ReadValue } from '../rules/value-read.ts'
import { type RunOptions, runReplay } from '../run-replay.ts'

/** A topic with its dead-letter topic and a database, all of one test. */
export interface DeadLetterKit {
  readonly kafka: Kafka
  readonly publisher: OpenPublisher
  readonly collections: Collections
  /** The topic that letters come from. */
  readonly source: string
  /** Its dead-letter topic. */
  readonly dlq: string
  /** Dead-letters messages of a company, one for each value. */
  bury(
    values: readonly string[],
    about?: { company?: string; code?: string; topic?: string; into?: string },
  ): Promise<void>
  /** Dead-letters a message that was read somewhere, as a consumer does. */
  buryAgain(message: IncomingMessage, code: string): Promise<void>
  publish(message: Partial<OutgoingMessage>): Promise<void>
  /** Makes a dead-letter topic for a topic that may not exist. */
  createDlq(source: string): Promise<string>
  /** Deletes the dead-letter topic and makes it anew: offsets begin at 0 again. */
  remakeDlq(): Promise<void>
  list(filter?: Parameters<typeof listDeadLetters>[0]['filter']): Promise<DeadLetterList>
  plan(options?: Partial<PlanOptions>): ReturnType<typeof planReplay>
  /** Plans, and returns the plan's id. */
  planId(options?: Partial<PlanOptions>): Promise<string>
  run(replayId: string, options?: Partial<RunOptions>): ReturnType<typeof runReplay>
  /** What stands in a topic now; the source where none is named. */
  read(topic?: string): Promise<IncomingMessage[]>
  /** The values that stand in the source now. */
  values(): Promise<string[]>
}

/** Values of these tests are JSON. */
const readJson: ReadValue = async (_, bytes) => {
  if (bytes === null) return { kind: 'empty' }
  try {
    return { kind: 'decoded', value: JSON.parse(bytes.toString()) }
  } catch {
    return { kind: 'unreadable', reason: 'it is not JSON' }
  }
}

/** Call it at the top of a test file; what it returns makes the kit of the test that calls it. */
export function useDeadLetters(): () => Promise<DeadLetterKit> {
  const logger = createLogger('test', 'fatal')
  const freshDatabase = useFreshDatabase()
  let kafka: Kafka

  beforeAll(() => {
    kafka = createKafka({ brokers: (process.env.KAFKA_BROKERS ?? '').split(','), clientId: 'dlq-test', logger })
  })

  return async () => {
    const db = freshDatabase()
    await migrate(db, logger)
    const collections = collectionsOf(db)
    const source = await temporaryTopic(kafka, 1, onTestFinished)
    const createDlq = (of: string) => createDeadLetterTopic(kafka, of)
    const dlq = await createDlq(source)
    // Of its own: a kafkajs producer is of no use once a topic that it knew is deleted.
    const publisher = await openPublisher(kafka)
    onTestFinished(() => publisher.close())
    let burying = publisher
    let offset = 0
    const plan = (options: Partial<PlanOptions> = {}) =>
      planReplay({ kafka, collections, topics: [dlq], filter: {}, ...options })
    const read = async (topic = source) => {
      const messages: IncomingMessage[] = []
      for await (const message of readTopics(kafka, [topic])) messages.push(message)
      return messages
    }
    const deadLetter = (message: IncomingMessage, code: string, into = dlq): OutgoingMessage => ({
      topic: into,
      key: message.key,
      value: message.value,
      headers: {
        ...(message.headers as OutgoingMessage['headers']),
        'dlq-code': code,
        'dlq-message': 'because',
        'dlq-step': 'handle',
        'dlq-service': 'test',
        'dlq-topic': message.topic,
        'dlq-partition': String(message.partition),
        'dlq-offset': message.offset,
        'dlq-attempt': '1',
        'dlq-at': '2026-01-01T00:00:00.000Z',
      },
    })
    return {
      kafka,
      publisher,
      collections,
      source,
      dlq,
      bury: async (values, { company = 'acme', code = 'broken', topic = source, into = dlq } = {}) => {
        const messages = values.map((value) => {
          offset += 1
          const message = { topic, partition: 0, offset: String(offset), key: Buffer.from(company), timestamp: 0 }
          return deadLetter({ ...message, value: Buffer.from(value), headers: { ce_id: `id-${value}` } }, code, into)
        })
        await burying.publish(messages)
      },
      buryAgain: (message, code) => publisher.publish([deadLetter(message, code)]),
      publish: (message) => publisher.publish([{ topic: dlq, key: null, value: null, headers: {}, ...message }]),
      createDlq,
      remakeDlq: async () => {
        const admin = kafka.admin()
        await admin.connect()
        await admin.deleteTopics({ topics: [dlq] })
        await createTopics(admin, [{ topic: dlq, numPartitions: 1 }])
        await admin.disconnect()
        const anew = await openPublisher(kafka)
        onTestFinished(() => anew.close())
        burying = anew
      },
      list: (filter = {}) =>
        listDeadLetters({ kafka, collections, topics: [dlq], filter, readValue: readJson, limit: 100 }),
      plan,
      planId: async (options) => {
        const { replayId } = await plan(options)
        if (replayId === null) throw new Error('there was nothing to replay')
        return replayId
      },
      run: (replayId, options) => runReplay({ kafka, publisher, collections, replayId, rate: 10_000, ...options }),
      read,
      values: async () => (await read()).map(({ value }) => String(value)),
    }
  }
}

/** The dead-letter topic of a topic, named as the services name theirs; gone when the test ends. */
async function createDeadLetterTopic(kafka: Kafka, source: string): Promise<string> {
  const topic = `${source}.test.dlq`
  const admin = kafka.admin()
  await admin.connect()
  await createTopics(admin, [{ topic, numPartitions: 1 }])
  onTestFinished(async () => {
    await admin.deleteTopics({ topics: [topic] }).catch(() => {})
    await admin.disconnect()
  })
  return topic
}
