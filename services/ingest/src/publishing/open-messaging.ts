import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { guardRegistry } from '@buyer-group/shared/avro/guard-registry.ts'
import type { FaultPoints } from '@buyer-group/shared/faults/fault-points.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import type { Guard } from '@buyer-group/shared/resilience/guard.ts'
import type { IngestConfig } from '../config.ts'
import type { Messaging } from './connect-messaging.ts'
import { createToMessages } from './to-messages.ts'

/**
 * Asks the registry for the schemas' ids, then connects a producer.
 * @throws AppError `schema_not_registered` or `registry_unavailable`, or kafkajs's error when no broker answers; nothing
 * stays open then.
 */
export async function openMessaging(
  config: Pick<IngestConfig, 'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'TOPIC_PREFIX'>,
  logger: Logger,
  faults: FaultPoints,
  registryGuard: Guard,
): Promise<Messaging> {
  const topics = topicNames(config.TOPIC_PREFIX)
  const registry = guardRegistry(createRegistry(config.SCHEMA_REGISTRY_URL), registryGuard)
  const toMessages = createToMessages({
    topics,
    encodePersonChange: await openEncoder(registry, topics.name(TOPICS.personChanges), 'person-change'),
    encodeRefreshRequest: await openEncoder(registry, topics.name(TOPICS.refreshRequests), 'refresh-request'),
  })
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'ingest', logger })
  return { publisher: faults.port('publisher', await openPublisher(kafka)), toMessages }
}
