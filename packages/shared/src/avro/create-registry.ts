import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import { confirmNotFound } from './confirm-not-found.ts'

/** A client of the registry at `url` (its Confluent API). Asks nothing until it is used. */
export function createRegistry(url: string): SchemaRegistry {
  return new SchemaRegistry({
    host: url,
    clientId: 'buyer-group',
    retry: { retries: 2, maxRetryTimeInSecs: 2 },
    middlewares: [confirmNotFound],
  })
}
