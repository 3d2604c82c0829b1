import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { OutgoingMessage, Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import type { Guard } from '@buyer-group/shared/resilience/guard.ts'
import type { CheckResult } from '@buyer-group/shared/telemetry/admin-server.ts'

export type PublishEachResult = { readonly ok: true } | { readonly ok: false; readonly code: string }

export type PublishEach = (messages: readonly OutgoingMessage[]) => Promise<readonly PublishEachResult[]>

export interface PublishEachOptions {
  /** The publisher once there is one; undefined until Kafka and the registry answered for the first time. */
  publisher(): (Publisher & { check(): CheckResult | Promise<CheckResult> }) | undefined
  /** Stands around a whole batch: only one of which nothing came through counts against Kafka. */
  readonly guard: Pick<Guard, 'run'>
  onPublished(durationSeconds: number, outcome: 'acknowledged' | 'failed'): void
}

/**
 * Publishes a batch and tells the fate of each message: a batch that fails in part is answered event by event.
 * If the batch fails while Kafka as a whole answers, each company's messages are tried once more by themselves, so
 * that one partition without a leader or one impossible message does not fail the others. What may then be published
 * twice is harmless. After some batches in a row of which nothing came through, the guard leaves Kafka alone for a moment
 * and the answer is immediate. Never throws.
 */
export function createPublishEach({ publisher, guard, onPublished }: PublishEachOptions): PublishEach {
  const send = async (messages: readonly OutgoingMessage[]): Promise<void> => {
    const current = publisher()
    if (current === undefined) throw notConnected()
    const start = performance.now()
    try {
      await current.publish(messages)
      onPublished((performance.now() - start) / 1_000, 'acknowledged')
    } catch (error) {
      onPublished((performance.now() - start) / 1_000, 'failed')
      throw error
    }
  }

  const sendApart = async (messages: readonly OutgoingMessage[]): Promise<PublishEachResult[]> => {
    const results = new Map<OutgoingMessage, PublishEachResult>()
    await Promise.all(
      [...Map.groupBy(messages, ({ topic, key }) => `${topic} ${key}`).values()].map(async (group) => {
        const result = await send(group).then(succeeded, failed)
        for (const message of group) results.set(message, result)
      }),
    )
    return messages.map((message) => results.get(message) ?? failed(undefined))
  }

  const sendThenApart = async (messages: readonly OutgoingMessage[]): Promise<readonly PublishEachResult[]> => {
    try {
      await send(messages)
      return messages.map(succeeded)
    } catch (error) {
      const isWorthIt = messages.length > 1 && (await publisher()?.check())?.ok === true
      const results = isWorthIt ? await sendApart(messages) : []
      if (results.some(({ ok }) => ok)) return results
      throw error
    }
  }

  return async (messages) => {
    try {
      return await guard.run(() => sendThenApart(messages))
    } catch (error) {
      return messages.map(() => failed(error))
    }
  }
}

const succeeded = (): PublishEachResult => ({ ok: true })

const failed = (error: unknown): PublishEachResult => ({ ok: false, code: classifyError(error).code })

function notConnected(): AppError {
  return new AppError('not connected to Kafka and the schema registry yet', {
    code: 'kafka_unavailable',
    fate: 'unavailable',
  })
}
