import { Kafka, type LogEntry, logLevel } from 'kafkajs'
import type { Logger } from '../logging/create-logger.ts'

import { heartbeatAfterClockSteps } from './heartbeat-after-clock-steps.ts'
import { replaceEncoders } from './replace-encoders.ts'
import { stopIdlePolling } from './stop-idle-polling.ts'

/** For who passes a client on: kafkajs itself is known in this folder alone. */
export type { Kafka }

export interface KafkaOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly logger: Logger
}

/** A kafkajs client whose own log lines go to ours. Connects to nothing until it is used. */
export function createKafka({ brokers, clientId, logger }: KafkaOptions): Kafka {
  replaceEncoders()
  stopIdlePolling()
  heartbeatAfterClockSteps()
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 8 },
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => logEntry(logger, entry),
  })
}

/** kafkajs retries most of what it logs as an error, and logs every pause as information: one level down each. */
function logEntry(logger: Logger, { level, namespace, log }: LogEntry): void {
  const line = { kafkajs: namespace, ...pickIds(log) }
  if (level === logLevel.ERROR) logger.warn(line, log.message)
  else logger.debug(line, log.message)
}

/** Only ids and codes: other fields of kafkajs's entries may quote requests. */
function pickIds(log: LogEntry['log']): Record<string, unknown> {
  const { groupId, memberId, broker, error, retryCount, topic, partition } = log
  return { groupId, memberId, broker, error, retryCount, topic, partition }
}
