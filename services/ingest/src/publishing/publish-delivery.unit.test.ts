import { describe, expect, test } from 'vitest'
import { createKnownEvents } from './known-events.ts'
import { createPublishDelivery } from './publish-delivery.ts'
import type { EventToPublish, PublishOutcome } from './publish-event.ts'

const event = (id: string, bodySha256 = 'body-1'): EventToPublish => ({
  idempotencyKey: `test:${id}`,
  bodySha256,
  message: { topic: 't', key: 'acme', value: Buffer.from(id), headers: {} },
})

function harness(outcomes: Readonly<Record<string, PublishOutcome>> = {}) {
  const published: string[] = []
  const asked: string[][] = []
  const recorded = new Map<string, string>()
  const known = createKnownEvents(100)
  const publish = createPublishDelivery({
    known,
    findRecorded: async (keys) => {
      asked.push([...keys])
      return new Map([...recorded].filter(([key]) => keys.includes(key)))
    },
    publishEvent: async ({ idempotencyKey }) => {
      published.push(idempotencyKey)
      return outcomes[idempotencyKey] ?? { kind: 'accepted' }
    },
  })
  return { publish, published, asked, recorded, known }
}

const UNAVAILABLE: PublishOutcome = { kind: 'unavailable', code: 'kafka_unavailable' }

describe('publishing a delivery', () => {
  test('of one event asks nobody before', async () => {
    const { publish, asked } = harness({ 'test:b': UNAVAILABLE, 'test:c': { kind: 'conflict' } })
    expect(await publish([event('a')])).toEqual({ kind: 'accepted', accepted: 1, repeated: 0 })
    expect(await publish([event('b')])).toEqual(UNAVAILABLE)
    expect(await publish([event('c')])).toEqual({ kind: 'conflict' })
    expect(asked).toEqual([])
  })

  test('of several is accepted once all are, and tells how many are new', async () => {
    const { publish } = harness({ 'test:b': { kind: 'repeated' } })
    expect(await publish([event('a'), event('b'), event('c')])).toEqual({ kind: 'accepted', accepted: 2, repeated: 1 })
  })

  test('of nothing but repeats, or of nothing, is a repeat', async () => {
    const { publish } = harness({ 'test:a': { kind: 'repeated' }, 'test:b': { kind: 'repeated' } })
    expect(await publish([event('a'), event('b')])).toEqual({ kind: 'repeated' })
    expect(await publish([])).toEqual({ kind: 'repeated' })
  })

  test('publishes none where one is recorded with another body', async () => {
    const { publish, published, recorded } = harness()
    recorded.set('test:b', 'body-0')
    expect(await publish([event('a'), event('b')])).toEqual({ kind: 'conflict' })
    recorded.set('test:b', 'body-1')
    expect(published).toEqual([])
    expect(await publish([event('a'), event('b')])).toMatchObject({ kind: 'accepted' })
  })

  test('publishes none where one was published here with another body, or comes twice with two', async () => {
    const { publish, published, known } = harness()
    known.remember('test:b', 'body-0')
    expect(await publish([event('a'), event('b')])).toEqual({ kind: 'conflict' })
    expect(await publish([event('c'), event('d'), event('c', 'body-2')])).toEqual({ kind: 'conflict' })
    expect(published).toEqual([])
  })

  test('that failed in part is unavailable as a whole', async () => {
    const { publish } = harness({ 'test:b': UNAVAILABLE })
    expect(await publish([event('a'), event('b')])).toEqual(UNAVAILABLE)
  })
})
