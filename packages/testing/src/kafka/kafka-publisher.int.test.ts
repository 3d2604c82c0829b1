import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import { openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import { readTopics } from '@buyer-group/shared/kafka/read-topic.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { onTestFinished } from 'vitest'
import { describePublisher } from '../contracts/publisher-contract.ts'
import { temporaryTopic } from './temporary-topic.ts'

describePublisher('Kafka', async () => {
  const brokers = (process.env.KAFKA_BROKERS ?? '').split(',')
  const kafka = createKafka({ brokers, clientId: 'publisher-contract', logger: createLogger('test', 'fatal') })
  const publisher = await openPublisher(kafka)
  const releases: (() => Promise<void>)[] = []
  const topic = () => temporaryTopic(kafka, 3, (release) => void releases.push(release))
  const topics = [await topic(), await topic()] as const
  onTestFinished(async () => {
    await publisher.close()
    for (const release of releases) await release()
  })
  const readAll = async (name: string) => {
    const messages: IncomingMessage[] = []
    for await (const message of readTopics(kafka, [name])) messages.push(message)
    return messages
  }
  return { publisher, topics, readAll }
})
