import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { OpenPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { CheckResult } from '@buyer-group/shared/telemetry/admin-server.ts'
import { ExponentialBackoff, handleAll, retry } from 'cockatiel'
import type { ToMessages } from './to-messages.ts'

/** What it takes to publish: a connected producer and encoders that know their schemas' ids. */
export interface Messaging {
  readonly publisher: OpenPublisher
  readonly toMessages: ToMessages
}

export interface MessagingConnection {
  /** Undefined until Kafka and the registry have answered for the first time. */
  current(): Messaging | undefined
  check(): CheckResult | Promise<CheckResult>
  close(): Promise<void>
}

/**
 * Connects in the background, for as long as it takes: until then requests are answered 503 and `/readyz` says why.
 * `open` must leave nothing open when it throws. Stops at `signal`.
 */
export function connectMessaging(
  open: () => Promise<Messaging>,
  logger: Logger,
  signal: AbortSignal,
): MessagingConnection {
  let current: Messaging | undefined
  let reason = 'not connected to Kafka and the schema registry yet'

  const untilOpen = retry(handleAll, {
    maxAttempts: Number.POSITIVE_INFINITY,
    backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 5_000 }),
  })
  untilOpen.onFailure(({ reason: failure }) => {
    const error = 'error' in failure ? failure.error : undefined
    reason = error instanceof AppError ? error.message : `cannot connect: ${classifyError(error).code}`
    logger.warn({ error: describeError(error) }, 'not connected to Kafka and the schema registry yet')
  })

  void untilOpen.execute(open, signal).then(
    (messaging) => {
      current = messaging
      logger.info('connected to Kafka and the schema registry')
    },
    () => {},
  )

  return {
    current: () => current,
    check: () => current?.publisher.check() ?? { ok: false, reason },
    // An attempt still under way is not waited for: it holds nothing that the process must give back.
    close: async () => {
      await current?.publisher.close()
    },
  }
}
