import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { createGuards } from '@buyer-group/shared/resilience/create-guards.ts'
import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { createPublishEach } from './publish-each.ts'

const message = (key: string): OutgoingMessage => ({ topic: 't', key, value: null, headers: {} })

const AWAY = new AppError('away', { code: 'kafka_unavailable', fate: 'unavailable' })

const kafkaGuard = () =>
  createGuards({ kafka: { leftAloneMs: 60_000 } }, new Registry(), createLogger('test', 'silent')).kafka

function harness(publish: (keys: string[]) => void, reachable = true) {
  const calls: string[][] = []
  const publishEach = createPublishEach({
    publisher: () => ({
      publish: async (messages) => {
        const keys = messages.map(({ key }) => String(key))
        calls.push(keys)
        publish(keys)
      },
      check: () => (reachable ? { ok: true } : { ok: false, reason: 'away' }),
    }),
    guard: kafkaGuard(),
    onPublished: () => {},
  })
  return { publishEach, calls }
}

describe('publishing a batch with the fate of each message', () => {
  test('takes one request when all goes well', async () => {
    const { publishEach, calls } = harness(() => {})
    expect(await publishEach([message('a'), message('b')])).toEqual([{ ok: true }, { ok: true }])
    expect(calls).toEqual([['a', 'b']])
  })

  test('tries each company by itself when only some can be published', async () => {
    const { publishEach, calls } = harness((keys) => {
      if (keys.includes('b')) throw AWAY
    })
    expect(await publishEach([message('a'), message('b'), message('a')])).toEqual([
      { ok: true },
      { ok: false, code: 'kafka_unavailable' },
      { ok: true },
    ])
    expect(calls).toEqual([['a', 'b', 'a'], ['a', 'a'], ['b']])
  })

  test('does not try again when Kafka as a whole is away', async () => {
    const { publishEach, calls } = harness(() => {
      throw AWAY
    }, false)
    const failed = { ok: false, code: 'kafka_unavailable' }
    expect(await publishEach([message('a'), message('b')])).toEqual([failed, failed])
    expect(calls).toHaveLength(1)
  })

  test('leaves Kafka alone after three batches of which nothing came through', async () => {
    const { publishEach, calls } = harness(() => {
      throw AWAY
    }, false)
    for (let batch = 0; batch < 5; batch += 1) expect((await publishEach([message('a')]))[0]?.ok).toBe(false)
    expect(calls).toHaveLength(3)
  })

  test('one company that cannot be published never stops the others', async () => {
    const { publishEach } = harness((keys) => {
      if (keys.includes('b')) throw AWAY
    })
    for (let batch = 0; batch < 5; batch += 1) {
      expect((await publishEach([message('a'), message('b')]))[0]).toEqual({ ok: true })
    }
  })

  test('is unavailable before the first connection', async () => {
    const publishEach = createPublishEach({ publisher: () => undefined, guard: kafkaGuard(), onPublished: () => {} })
    expect(await publishEach([message('a')])).toEqual([{ ok: false, code: 'kafka_unavailable' }])
  })
})
