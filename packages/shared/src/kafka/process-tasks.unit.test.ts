import { pino } from 'pino'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { deadLetter, done, retry, skip, type Verdict } from '../outcomes/verdict.ts'
import { Assignment } from './assignment.ts'
import { createConsumerMetrics } from './consumer-metrics.ts'
import type { BatchHandler, Decoded } from './consumer-types.ts'
import type { OutgoingMessage } from './outgoing.ts'
import { createTaskProcessor } from './process-tasks.ts'
import type { Task } from './task.ts'
import { createWaits } from './waits.ts'

function setUp(handle: BatchHandler<string>, publish?: (messages: readonly OutgoingMessage[]) => Promise<void>) {
  const published: OutgoingMessage[] = []
  const stopping = new AbortController()
  const registry = new Registry()
  const waits = createWaits(() => {})
  const { process } = createTaskProcessor<string>({
    decoders: new Map([
      [
        't',
        async ({ value }) => {
          const text = value?.toString() ?? ''
          if (text === 'garbage') throw new AppError('not readable', { code: 'undecodable_message', fate: 'permanent' })
          return text
        },
      ],
    ]),
    mode: { kind: 'batch', handle },
    deadLetters: {
      publisher: {
        publish: async (messages) => {
          await publish?.(messages)
          published.push(...messages)
        },
      },
      topicOf: (topic) => `${topic}.dlq`,
      service: 'test',
    },
    retries: { delaysMs: [5_000, 60_000], topicsOf: (topic) => [1, 2, 3].map((n) => `${topic}.retry.${n}`) },
    logger: pino({ level: 'silent' }),
    metrics: createConsumerMetrics(registry),
    waits,
    stopping: stopping.signal,
    backoff: { initialDelay: 1, maxDelay: 2 },
  })
  const assignment = new Assignment({ t: [0] })
  /** Tasks for these values; `attempt` of a retry is more than 1. */
  const tasksOf = (values: readonly string[], attempt = 1): Task[] => {
    const messages = values.map((value, index) => ({
      topic: 't',
      partition: 0,
      offset: String(index),
      key: Buffer.from('acme'),
      value: Buffer.from(value),
      headers: { 'original-header': Buffer.from('kept') },
      timestamp: 0,
    }))
    assignment.handOut({ topic: 't', partition: 0, fetchedOffset: 0, lastOffset: values.length - 1, messages })
    return messages.map((message) => ({
      message,
      assignment,
      delivery: { topic: 't', partition: 7, offset: `9${message.offset}`, attempt, delayMs: 0 },
    }))
  }
  const tasks = (...values: string[]) => tasksOf(values)
  return { process, assignment, tasks, tasksOf, published, stopping, waits, registry }
}

const committed = (assignment: Assignment) => assignment.committable()[0]?.offset

test('every verdict but a retry finishes its message', async () => {
  const verdicts: Record<string, Verdict> = { a: done, b: skip('repeat'), c: deadLetter('impossible', 'never') }
  const { process, assignment, tasks, published } = setUp(async (batch) =>
    batch.map(({ value }) => verdicts[value] ?? done),
  )
  await process(tasks('a', 'b', 'c'))
  expect(committed(assignment)).toBe(3)
  expect(published).toHaveLength(1)
})

test('a dead letter keeps the original bytes, key and headers and says why and where from', async () => {
  const { process, tasks, published } = setUp(async (batch) => batch.map(() => done))
  await process(tasks('a', 'garbage'))
  expect(published[0]).toMatchObject({ topic: 't.dlq', key: Buffer.from('acme'), value: Buffer.from('garbage') })
  expect(published[0]?.headers).toMatchObject({
    'original-header': Buffer.from('kept'),
    'dlq-code': 'undecodable_message',
    'dlq-topic': 't',
    'dlq-partition': '7',
    'dlq-offset': '91',
    'dlq-attempt': '1',
    'dlq-step': 'decode',
  })
})

test('a part that is away is waited for as long as it takes, and what was dead-lettered before is not again', async () => {
  let attempts = 0
  const { process, assignment, tasks, published, waits } = setUp(async (batch) => {
    attempts += 1
    if (attempts <= 7) throw new AppError('away', { code: 'mongodb_unavailable', fate: 'unavailable' })
    return batch.map(() => done)
  })
  await process(tasks('garbage', 'a'))
  expect(attempts).toBe(8)
  expect(published).toHaveLength(1)
  expect(committed(assignment)).toBe(2)
  expect(waits.code).toBeUndefined()
})

test('a batch that fails is taken apart, so that one poison message costs only itself', async () => {
  const { process, assignment, tasks, published } = setUp(async (batch) => {
    if (batch.some(({ value }) => value === 'poison')) throw new TypeError('names Jane Doe')
    return batch.map(() => done)
  })
  await process(tasks('a', 'poison', 'b'))
  expect(committed(assignment)).toBe(3)
  expect(published.map(({ topic, value }) => `${topic} ${value}`)).toEqual(['t.retry.1 poison'])
  expect(JSON.stringify(published[0]?.headers)).not.toContain('Jane')
})

test('what asks for a retry goes to the next retry topic with its bytes, key, headers, origin and reason', async () => {
  const { process, assignment, tasksOf, published, registry } = setUp(async (batch) =>
    batch.map(() => retry('contended', 'somebody else was faster')),
  )
  await process(tasksOf(['a'], 2))
  expect(committed(assignment)).toBe(1)
  expect(published[0]).toMatchObject({ topic: 't.retry.2', key: Buffer.from('acme'), value: Buffer.from('a') })
  expect(published[0]?.headers).toEqual({
    'original-header': Buffer.from('kept'),
    'retry-attempt': '2',
    'retry-delay-ms': expect.stringMatching(/^\d+$/),
    'retry-code': 'contended',
    'retry-message': 'somebody else was faster',
    'retry-topic': 't',
    'retry-partition': '7',
    'retry-offset': '90',
    'retry-at': expect.stringMatching(/Z$/),
  })
  expect(Number(published[0]?.headers['retry-delay-ms'])).toBeLessThanOrEqual(60_000)
  const { values } = (await registry.getSingleMetric('retried_messages_total')?.get()) ?? {}
  expect(values).toEqual([{ labels: { topic: 't', code: 'contended', attempt: '2' }, value: 1 }])
})

test('after the last retry topic comes the dead letter, which the handler was told before', async () => {
  const told: boolean[] = []
  const { process, tasksOf, published } = setUp(async (batch: readonly Decoded<string>[]) => {
    told.push(...batch.map(({ attempt, isLastAttempt }) => attempt === 3 && isLastAttempt))
    throw new AppError('not this time', { code: 'flaky', fate: 'retryable' })
  })
  await process(tasksOf(['a'], 2))
  await process(tasksOf(['a'], 3))
  expect(told).toEqual([false, true])
  expect(published.map(({ topic }) => topic)).toEqual(['t.retry.2', 't.dlq'])
  expect(published[1]?.headers).toMatchObject({
    'dlq-code': 'flaky',
    'dlq-attempt': '3',
    'dlq-topic': 't',
    'dlq-partition': '7',
    'dlq-offset': '90',
  })
})

test('a retry that is larger than its topic takes becomes a dead letter instead of standing in the way for ever', async () => {
  const { process, assignment, tasks, published } = setUp(
    async (batch) => batch.map(() => retry('contended', 'later')),
    async ([message]) => {
      if (message?.topic === 't.dlq') return
      throw new AppError('too large', { code: 'message_too_large', fate: 'permanent' })
    },
  )
  await process(tasks('a', 'b'))
  expect(published.map(({ topic }) => topic)).toEqual(['t.dlq', 't.dlq'])
  expect(committed(assignment)).toBe(2)
})

test('what waits for Kafka after its batch could not be moved as a whole waits no longer once it is moved', async () => {
  const failures = ['permanent', 'unavailable', 'none', 'unavailable'] as const
  let calls = 0
  const { process, assignment, tasks, published, waits } = setUp(
    async (batch) => batch.map(() => deadLetter('impossible', 'never')),
    async () => {
      const fate = failures[calls] ?? 'none'
      calls += 1
      if (fate !== 'none') throw new AppError('not now', { code: `kafka_${fate}`, fate })
    },
  )
  await process(tasks('a', 'b'))
  expect(published).toHaveLength(2)
  expect(committed(assignment)).toBe(2)
  expect(waits.code).toBeUndefined()
})

test('while no heartbeat is answered for a whole session, nothing is moved: others may have the partition', async () => {
  let clock = 0
  const assignment = new Assignment({ t: [0] }, { timeoutMs: 10_000, now: () => clock })
  const { process, tasks, published, waits } = setUp(async (batch) => {
    clock = 10_001
    return batch.map(() => retry('contended', 'later'))
  })
  const working = process(tasks('a').map((task) => ({ ...task, assignment })))
  await expect.poll(() => waits.code).toBeDefined()
  expect(published).toEqual([])
  assignment.noteHeartbeat()
  await working
  expect(published).toHaveLength(1)
})

test.each([deadLetter('impossible', 'never'), retry('contended', 'later')])(
  'work of a revoked partition neither publishes nor finishes: $kind',
  async (verdict) => {
    const { process, assignment, tasks, published } = setUp(async (batch) => {
      assignment.end()
      return batch.map(() => verdict)
    })
    await process(tasks('a'))
    expect(published).toEqual([])
    expect(committed(assignment)).toBeUndefined()
  },
)

test.each([deadLetter('impossible', 'never'), retry('contended', 'later')])(
  'a $kind that cannot be published leaves the offset open',
  async (verdict) => {
    const { process, assignment, tasks, stopping } = setUp(
      async (batch) => batch.map(() => verdict),
      async () => {
        stopping.abort()
        throw new AppError('away', { code: 'kafka_unavailable', fate: 'unavailable' })
      },
    )
    await process(tasks('a'))
    expect(committed(assignment)).toBeUndefined()
  },
)
