import { pino } from 'pino'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { deadLetter, done, skip, type Verdict } from '../outcomes/verdict.ts'
import { Assignment } from './assignment.ts'
import { createConsumerMetrics } from './consumer-metrics.ts'
import type { BatchHandler } from './consumer-types.ts'
import type { OutgoingMessage } from './outgoing.ts'
import { createTaskProcessor } from './process-tasks.ts'
import type { Task } from './task.ts'

function setUp(handle: BatchHandler<string>, publish?: (messages: readonly OutgoingMessage[]) => Promise<void>) {
  const published: OutgoingMessage[] = []
  const stopping = new AbortController()
  const processor = createTaskProcessor<string>({
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
    handle,
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
    logger: pino({ level: 'silent' }),
    metrics: createConsumerMetrics(new Registry()),
    stopping: stopping.signal,
    backoff: { initialDelay: 1, maxDelay: 2 },
  })
  const assignment = new Assignment({ t: [0] })
  const tasks = (...values: string[]): Task[] => {
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
    return messages.map((message) => ({ message, assignment }))
  }
  return { processor, assignment, tasks, published, stopping }
}

const committed = (assignment: Assignment) => assignment.committable()[0]?.offset

test('every verdict but a retry finishes its message', async () => {
  const verdicts: Record<string, Verdict> = { a: done, b: skip('repeat'), c: deadLetter('impossible', 'never') }
  const { processor, assignment, tasks, published } = setUp(async (batch) =>
    batch.map(({ value }) => verdicts[value] ?? done),
  )
  await processor.process(tasks('a', 'b', 'c'))
  expect(committed(assignment)).toBe(3)
  expect(published).toHaveLength(1)
})

test('a dead letter keeps the original bytes, key and headers and says why and where from', async () => {
  const { processor, tasks, published } = setUp(async (batch) => batch.map(() => done))
  await processor.process(tasks('a', 'garbage'))
  expect(published[0]).toMatchObject({ topic: 't.dlq', key: Buffer.from('acme'), value: Buffer.from('garbage') })
  expect(published[0]?.headers).toMatchObject({
    'original-header': Buffer.from('kept'),
    'dlq-code': 'undecodable_message',
    'dlq-topic': 't',
    'dlq-partition': '0',
    'dlq-offset': '1',
    'dlq-step': 'decode',
  })
})

test('a part that is away is waited for as long as it takes, and what was dead-lettered before is not again', async () => {
  let attempts = 0
  const { processor, assignment, tasks, published } = setUp(async (batch) => {
    attempts += 1
    if (attempts <= 7) throw new AppError('away', { code: 'mongodb_unavailable', fate: 'unavailable' })
    return batch.map(() => done)
  })
  await processor.process(tasks('garbage', 'a'))
  expect(attempts).toBe(8)
  expect(published).toHaveLength(1)
  expect(committed(assignment)).toBe(2)
  expect(processor.waitingFor()).toBeUndefined()
})

test('a batch that fails is taken apart, so that one poison message costs only itself', async () => {
  const { processor, assignment, tasks, published } = setUp(async (batch) => {
    if (batch.some(({ value }) => value === 'poison')) throw new TypeError('names Jane Doe')
    return batch.map(() => done)
  })
  await processor.process(tasks('a', 'poison', 'b'))
  expect(committed(assignment)).toBe(3)
  expect(published.map(({ value }) => value?.toString())).toEqual(['poison'])
  expect(JSON.stringify(published[0]?.headers)).not.toContain('Jane')
})

test('work of a revoked partition neither publishes nor finishes', async () => {
  const { processor, assignment, tasks, published } = setUp(async (batch) => {
    assignment.end()
    return batch.map(() => deadLetter('impossible', 'never'))
  })
  await processor.process(tasks('a'))
  expect(published).toEqual([])
  expect(committed(assignment)).toBeUndefined()
})

test('a dead letter that cannot be published leaves the offset open', async () => {
  const { processor, assignment, tasks, stopping } = setUp(
    async (batch) => batch.map(() => deadLetter('impossible', 'never')),
    async () => {
      stopping.abort()
      throw new AppError('away', { code: 'kafka_unavailable', fate: 'unavailable' })
    },
  )
  await processor.process(tasks('a'))
  expect(committed(assignment)).toBeUndefined()
})
