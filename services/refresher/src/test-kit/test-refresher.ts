import { systemClock } from '@buyer-group/pipeline/clock.ts'
import { createMongoRunStore } from '@buyer-group/pipeline-mongodb/create-mongo-run-store.ts'
import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { readSchema, type SchemaName } from '@buyer-group/shared/avro/schemas.ts'
import { builtIn } from '@buyer-group/shared/config/reloading-file.ts'
import type { OutgoingMessage, Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import type { BuyerGroup, RefreshCommand, RefreshResult } from '@buyer-group/shared/messages/messages.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import type { Verdict } from '@buyer-group/shared/outcomes/verdict.ts'
import type { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import type { Db } from 'mongodb'
import { Registry } from 'prom-client'
import { createRefreshHandler } from '../handle-refresh-command.ts'
import { createRefresherMetrics } from '../metrics.ts'
import type { Refresher } from '../refresher.ts'
import { createMongoStores } from '../stores/mongo-stores.ts'

/** What was published, decoded again, in order. */
export type Published =
  | { readonly topic: 'result'; readonly headers: OutgoingMessage['headers']; readonly value: RefreshResult }
  | { readonly topic: 'current'; readonly headers: OutgoingMessage['headers']; readonly value: BuyerGroup }

export interface TestRefresher {
  readonly refresher: Refresher
  readonly registry: Registry
  readonly published: Published[]
  /** Runs before the messages of each call are kept; may throw, as a broker that is away does. */
  onPublish: (messages: readonly OutgoingMessage[]) => Promise<void>
  /** Hands the command to the handler, as a first delivery unless told otherwise. */
  handle(command: RefreshCommand, headers?: Record<string, string>, delivery?: TestDelivery): Promise<Verdict>
}

/** How a command is delivered: the first of several attempts unless told otherwise, and never revoked. */
export interface TestDelivery {
  readonly attempt?: number
  readonly isLastAttempt?: boolean
  readonly signal?: AbortSignal
}

const NEVER = new AbortController().signal

const SCHEMAS: readonly SchemaName[] = ['refresh-result', 'buyer-group']

/** As much of a registry as encoders and decoders ask for. */
const fakeRegistry = {
  getRegistryIdBySchema: async (_subject: string, { schema }: { schema: string }) =>
    SCHEMAS.findIndex((name) => readSchema(name) === schema),
  getSchema: async (id: number) => JSON.parse(readSchema(SCHEMAS[id] ?? 'refresh-result')),
} as unknown as SchemaRegistry

/** A refresher over a real database whose messages are encoded for real and kept instead of sent. */
export async function createTestRefresher(db: Db, more: Partial<Refresher> = {}): Promise<TestRefresher> {
  const registry = new Registry()
  const decodeResult = openDecoder(fakeRegistry, 'refresh-result')
  const decodeCurrent = openDecoder(fakeRegistry, 'buyer-group')
  const published: Published[] = []

  const publisher: Publisher = {
    publish: async (messages) => {
      await test.onPublish(messages)
      for (const { topic, key, value, headers } of messages) {
        const message: Published =
          topic === TOPICS.refreshResults
            ? { topic: 'result', headers, value: await decodeResult(value) }
            : { topic: 'current', headers, value: await decodeCurrent(value) }
        if (key !== message.value.companyId) throw new Error('the key is not the company')
        published.push(message)
      }
    },
  }
  const refresher: Refresher = {
    stores: createMongoStores(collectionsOf(db)),
    runs: createMongoRunStore(db),
    clock: systemClock,
    random: Math.random,
    peopleSource: null,
    publisher,
    results: {
      topic: TOPICS.refreshResults,
      encode: await openEncoder(fakeRegistry, TOPICS.refreshResults, 'refresh-result'),
    },
    current: { topic: TOPICS.current, encode: await openEncoder(fakeRegistry, TOPICS.current, 'buyer-group') },
    metrics: createRefresherMetrics(registry),
    logger: createLogger('refresher-tests', 'silent'),
    now: () => new Date(),
    pause: async () => {},
    cacheMaxAgeMs: 0,
    profile: builtIn(DEFAULT_PROFILE).current,
    ...more,
  }
  const handler = createRefreshHandler(refresher)
  const test: TestRefresher = {
    refresher,
    registry,
    published,
    onPublish: async () => {},
    handle: (command, headers = {}, { attempt = 1, isLastAttempt = false, signal = NEVER } = {}) => {
      const key = Buffer.from(command.companyId)
      const message = { topic: 't', partition: 0, offset: '0', key, value: null, headers, timestamp: 0 }
      return handler({ message, value: command, attempt, isLastAttempt }, signal)
    },
  }
  return test
}

/** A command of the detector's; `sequence` makes its id. */
export function command(sequence: number, more: Partial<RefreshCommand> = {}): RefreshCommand {
  return {
    commandId: `cmd_${sequence}`,
    companyId: 'acme',
    companyName: 'Acme Inc',
    workspaceId: 'default',
    reason: 'webhook',
    priority: 'normal',
    changeTypes: ['person.role_change'],
    triggeredBy: ['test:p1'],
    triggeredByCount: 1,
    sequence,
    requestedAt: 1_700_000_000_000,
    ...more,
  }
}
