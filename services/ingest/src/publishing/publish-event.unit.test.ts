import { describe, expect, test } from 'vitest'
import { createKnownEvents } from './known-events.ts'
import type { PublishEachResult } from './publish-each.ts'
import { createPublishEvent, type EventToPublish, type PublishEventOptions } from './publish-event.ts'

const event = (id: string, bodySha256 = 'body-1'): EventToPublish => ({
  idempotencyKey: `test:${id}`,
  bodySha256,
  message: { topic: 't', key: 'acme', value: Buffer.from(id), headers: {} },
})

/** A Kafka that acknowledges when told to, and a MongoDB that knows what is put into `recorded`. */
function harness(options: Partial<PublishEventOptions> = {}) {
  const sent: { ids: string[]; settle(result: PublishEachResult): void }[] = []
  const recorded = new Map<string, string>()
  const asked: string[][] = []
  const publish = createPublishEvent({
    publishEach: (messages) =>
      new Promise((resolve) => {
        sent.push({
          ids: messages.map(({ value }) => String(value)),
          settle: (result) => resolve(messages.map(() => result)),
        })
      }),
    findRecorded: async (keys) => {
      asked.push([...keys])
      return new Map([...recorded].filter(([key]) => keys.includes(key)))
    },
    known: createKnownEvents(100),
    maxBatch: 100,
    maxQueued: 100,
    timeoutMs: 60_000,
    onBatch: () => {},
    ...options,
  })
  return { publish, sent, recorded, asked }
}

const OK: PublishEachResult = { ok: true }
const FAILED: PublishEachResult = { ok: false, code: 'kafka_unavailable' }

const turns = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('publishing an event', () => {
  test('answers only after the broker has acknowledged it', async () => {
    const { publish, sent } = harness()
    let outcome: unknown
    const done = publish(event('a')).then((result) => {
      outcome = result
    })
    await turns()
    expect(sent[0]?.ids).toEqual(['a'])
    expect(outcome).toBeUndefined()
    sent[0]?.settle(OK)
    await done
    expect(outcome).toEqual({ kind: 'accepted' })
  })

  test('asks MongoDB once for a whole batch', async () => {
    const { publish, sent, asked } = harness()
    void publish(event('a'))
    void publish(event('b'))
    await turns()
    expect(asked).toEqual([['test:a', 'test:b']])
    expect(sent[0]?.ids).toEqual(['a', 'b'])
  })

  test('a repeat of what this process published is known without asking anyone', async () => {
    const { publish, sent, asked } = harness()
    const first = publish(event('a'))
    await turns()
    sent[0]?.settle(OK)
    await first
    expect(await publish(event('a'))).toEqual({ kind: 'repeated' })
    expect(await publish(event('a', 'body-2'))).toEqual({ kind: 'conflict' })
    expect(asked).toHaveLength(1)
    expect(sent).toHaveLength(1)
  })

  test('asks MongoDB beside Kafka, not before, and answers what it knows whatever became of publishing', async () => {
    const { publish, sent, recorded } = harness()
    recorded.set('test:a', 'body-1')
    recorded.set('test:b', 'body-1')
    const outcomes = [event('a'), event('b', 'body-2'), event('c')].map(publish)
    await turns()
    expect(sent[0]?.ids).toEqual(['a', 'b', 'c'])
    sent[0]?.settle(FAILED)
    expect(await Promise.all(outcomes)).toMatchObject([
      { kind: 'repeated' },
      { kind: 'conflict' },
      { kind: 'unavailable' },
    ])
    expect(await publish(event('a'))).toEqual({ kind: 'repeated' })
    expect(sent).toHaveLength(1)
  })

  test('while repeats come, what is recorded is not published again', async () => {
    const { publish, sent, recorded } = harness()
    recorded.set('test:a', 'body-1')
    const first = publish(event('a'))
    await turns()
    sent[0]?.settle(OK)
    expect(await first).toEqual({ kind: 'repeated' })
    recorded.set('test:b', 'body-1')
    const later = [event('b'), event('b', 'body-2'), event('c')].map(publish)
    await turns()
    expect(sent[1]?.ids).toEqual(['c'])
    sent[1]?.settle(OK)
    expect((await Promise.all(later)).map(({ kind }) => kind)).toEqual(['repeated', 'conflict', 'accepted'])
  })

  test('a hundred batches after the last repeat new events no longer wait for MongoDB', async () => {
    const { publish, sent, recorded, asked } = harness()
    recorded.set('test:a', 'body-1')
    const outcomes: Promise<unknown>[] = [publish(event('a'))]
    await turns()
    sent[0]?.settle(OK)
    await outcomes[0]
    for (let number = 0; number <= 100; number += 1) {
      const done = publish(event(`new-${number}`))
      await turns()
      expect(asked.at(-1)).toEqual([`test:new-${number}`])
      sent.at(-1)?.settle(OK)
      expect(await done).toEqual({ kind: 'accepted' })
    }
    // Asked beside again: it is with Kafka though MongoDB knows it.
    recorded.set('test:z', 'body-1')
    const late = publish(event('z'))
    await turns()
    expect(sent.at(-1)?.ids).toEqual(['z'])
    sent.at(-1)?.settle(OK)
    expect(await late).toEqual({ kind: 'repeated' })
  })

  test('a concurrent repeat is answered only after the first, and published once', async () => {
    const { publish, sent } = harness()
    let answered = 0
    const all = [event('a'), event('a'), event('a', 'body-2')].map(async (each) => {
      const { kind } = await publish(each)
      answered += 1
      return kind
    })
    await turns()
    expect(answered).toBe(0)
    sent[0]?.settle(OK)
    expect(await Promise.all(all)).toEqual(['accepted', 'repeated', 'conflict'])
    expect(sent).toHaveLength(1)
  })

  test('when the first fails, the waiting repeat tries itself', async () => {
    const { publish, sent } = harness()
    const first = publish(event('a'))
    const second = publish(event('a'))
    await turns()
    sent[0]?.settle(FAILED)
    expect(await first).toEqual({ kind: 'unavailable', code: 'kafka_unavailable' })
    await turns()
    expect(sent[1]?.ids).toEqual(['a'])
    sent[1]?.settle(OK)
    expect(await second).toEqual({ kind: 'accepted' })
  })

  test('a failed event is not remembered as published', async () => {
    const { publish, sent } = harness()
    const first = publish(event('a'))
    await turns()
    sent[0]?.settle(FAILED)
    await first
    const second = publish(event('a', 'body-2'))
    await turns()
    sent[1]?.settle(OK)
    expect(await second).toEqual({ kind: 'accepted' })
  })

  test('a batch that fails in part is answered event by event', async () => {
    const { publish } = harness({
      publishEach: async (messages) => messages.map(({ value }) => (String(value) === 'b' ? FAILED : OK)),
    })
    const outcomes = await Promise.all([publish(event('a')), publish(event('b')), publish(event('c'))])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'unavailable', 'accepted'])
  })

  test('a full queue is unavailable at once', async () => {
    const { publish } = harness({ maxBatch: 1, maxQueued: 1 })
    void publish(event('a'))
    await turns()
    void publish(event('b'))
    await turns()
    void publish(event('c'))
    expect(await publish(event('d'))).toEqual({ kind: 'unavailable', code: 'overloaded' })
  })

  test('an outcome that does not come in time is unavailable, and what had not been sent by then never is', async () => {
    const { publish, sent } = harness({ maxBatch: 1, timeoutMs: 20 })
    const stuck = ['a', 'b', 'c'].map((id) => publish(event(id)))
    expect((await Promise.all(stuck)).map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable', 'unavailable'])
    for (const { settle } of [...sent]) settle(OK)
    await turns()
    expect(sent.map(({ ids }) => ids)).toEqual([['a']])
    expect(await publish(event('a'))).toEqual({ kind: 'repeated' })
  })

  test('closing waits for what was taken and takes nothing more', async () => {
    const { publish, sent } = harness()
    const first = publish(event('a'))
    const closed = publish.close()
    expect(await publish(event('b'))).toEqual({ kind: 'unavailable', code: 'shutting_down' })
    await turns()
    sent[0]?.settle(OK)
    expect(await first).toEqual({ kind: 'accepted' })
    await closed
  })
})
