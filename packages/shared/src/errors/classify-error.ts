import { AppError, type Fate } from './app-error.ts'

export interface ClassifiedError {
  readonly code: string
  readonly fate: Fate
  readonly message: string
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
])

/** MongoDB drivers mark what another attempt may cure with these labels. */
const MONGO_TRANSIENT_LABELS = ['RetryableWriteError', 'TransientTransactionError', 'RetryableError']

/**
 * MongoDB server codes of a node that is not (or no longer) a writable primary, or is shutting down
 * (mongodb/specifications, retryable-writes: "Determining Retryable Errors"), and of a write concern that timed out.
 */
const MONGO_UNAVAILABLE_CODES = new Set([6, 7, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436])

const MONGO_NETWORK_NAMES = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
])

const KAFKA_NETWORK_NAMES = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSTimeout',
  'KafkaJSLockTimeout',
  'KafkaJSDeleteGroupsError',
])

interface ErrorShape {
  readonly name?: string
  readonly message?: string
  readonly code?: unknown
  readonly retriable?: unknown
  readonly cause?: unknown
  hasErrorLabel?(label: string): boolean
}

/**
 * Gives any thrown value a stable code and a fate. Looks through `cause` for a network failure.
 * Goes by names and codes rather than classes, so that no client library has to be loaded for it. Never throws.
 */
export function classifyError(error: unknown): ClassifiedError {
  if (error instanceof AppError) return { code: error.code, fate: error.fate, message: error.message }
  if (typeof error !== 'object' || error === null) {
    return { code: 'unexpected_error', fate: 'unknown', message: String(error) }
  }
  const shape = error as ErrorShape
  const message = typeof shape.message === 'string' ? shape.message : 'unknown error'
  const name = shape.name ?? ''
  if (isMongoUnavailable(shape, name)) return { code: 'mongodb_unavailable', fate: 'unavailable', message }
  if (KAFKA_NETWORK_NAMES.has(name) || (name.startsWith('KafkaJS') && shape.retriable === true)) {
    return { code: 'kafka_unavailable', fate: 'unavailable', message }
  }
  if (typeof shape.code === 'string' && NETWORK_CODES.has(shape.code)) {
    return { code: 'network_unavailable', fate: 'unavailable', message }
  }
  if (shape.cause !== undefined && shape.cause !== error) {
    const inner = classifyError(shape.cause)
    if (inner.fate === 'unavailable') return inner
  }
  return { code: 'unexpected_error', fate: 'unknown', message }
}

function isMongoUnavailable(shape: ErrorShape, name: string): boolean {
  if (MONGO_NETWORK_NAMES.has(name)) return true
  if (!name.startsWith('Mongo')) return false
  if (typeof shape.code === 'number' && MONGO_UNAVAILABLE_CODES.has(shape.code)) return true
  return MONGO_TRANSIENT_LABELS.some((label) => shape.hasErrorLabel?.(label) === true)
}
