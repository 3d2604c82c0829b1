import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import { expect, test } from 'vitest'
import { cancelReplay } from './cancel-replay.ts'
import { readStatus } from './read-status.ts'
import { headerOf } from './rules/read-dead-letter.ts'
import type { ReplayProgress } from './run-replay.ts'
import { useDeadLetters } from './test-kit/use-dead-letters.ts'

const deadLetters = useDeadLetters()
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index))
const away = () => new AppError('Kafka is away', { code: 'kafka_unavailable', fate: 'unavailable' })

/** Fails at one call, before or after the broker has the messages. */
function failingAt(call: number, publisher: Publisher, when: 'before' | 'after'): Publisher {
  let calls = 0
  return {
    publish: async (messages) => {
      calls += 1
      if (calls === call && when === 'before') throw away()
      await publisher.publish(messages)
      if (calls === call) throw away()
    },
  }
}

test('sends the original bytes, key and headers back, with where they stood', async () => {
  const { bury, planId, run, read, dlq } = await deadLetters()
  await bury(['1'], { company: 'acme', code: 'a' })
  const replayId = await planId()
  expect(await run(replayId)).toEqual({ kind: 'completed', replayed: 1, skipped: 0, planned: 1, expired: 0 })
  const [message] = await read()
  expect(message).toMatchObject({ key: Buffer.from('acme'), value: Buffer.from('1') })
  expect(Object.keys(message?.headers ?? {}).sort()).toEqual(['ce_id', 'replay-history', 'replay-id'])
  expect(message && headerOf(message, 'ce_id')).toBe('id-1')
  expect(message && headerOf(message, 'replay-id')).toBe(replayId)
  expect(JSON.parse((message && headerOf(message, 'replay-history')) ?? '')).toEqual([
    { code: 'a', at: '2026-01-01T00:00:00.000Z', topic: dlq, partition: 0, offset: 0 },
  ])
})

test('carries the history through a second dead-lettering', async () => {
  const { bury, buryAgain, planId, run, read, list } = await deadLetters()
  await bury(['1'], { code: 'first' })
  await run(await planId())
  const [returned] = await read()
  if (returned === undefined) throw new Error('nothing was replayed')
  await buryAgain(returned, 'second')
  const [letter] = (await list()).letters
  expect(letter).toMatchObject({ code: 'second', replayedBy: null, history: [{ code: 'first', offset: 0 }] })
  await run(await planId())
  const history = headerOf((await read()).at(-1) as typeof returned, 'replay-history')
  expect(JSON.parse(history ?? '').map(({ code, offset }: { code: string; offset: number }) => [code, offset])).toEqual(
    [
      ['first', 0],
      ['second', 1],
    ],
  )
})

test('goes on after a failure where it stopped, and repeats nothing that was stored', async () => {
  const { bury, planId, run, values, publisher, collections } = await deadLetters()
  await bury(numbers(25))
  const replayId = await planId()
  const failing = run(replayId, { chunkSize: 10, publisher: failingAt(2, publisher, 'before') })
  await expect(failing).rejects.toMatchObject({ code: 'kafka_unavailable' })
  expect(await values()).toEqual(numbers(10))
  expect(await readStatus(collections, replayId)).toMatchObject({ status: 'interrupted', replayed: 10, lease: null })
  expect(await run(replayId, { chunkSize: 10 })).toMatchObject({ kind: 'completed', replayed: 25 })
  expect(await values()).toEqual(numbers(25))
})

test('repeats at most the chunk whose acknowledgement was lost', async () => {
  const { bury, planId, run, values, publisher } = await deadLetters()
  await bury(numbers(25))
  const replayId = await planId()
  const failing = run(replayId, { chunkSize: 10, publisher: failingAt(2, publisher, 'after') })
  await expect(failing).rejects.toMatchObject({ code: 'kafka_unavailable' })
  await run(replayId, { chunkSize: 10 })
  const expected = [...numbers(20), ...numbers(25).slice(10)]
  expect(await values()).toEqual(expected)
})

test('stops cleanly when asked to, and goes on later', async () => {
  const { bury, planId, run, values } = await deadLetters()
  await bury(numbers(20))
  const replayId = await planId()
  const stopping = new AbortController()
  const onProgress = ({ replayed }: ReplayProgress) => {
    if (replayed === 10) stopping.abort(new Error('stopped'))
  }
  const stopped = await run(replayId, { chunkSize: 5, signal: stopping.signal, onProgress })
  expect(stopped).toMatchObject({ kind: 'interrupted', replayed: 10, planned: 20 })
  expect(await run(replayId)).toMatchObject({ kind: 'completed', replayed: 20 })
  expect(await values()).toEqual(numbers(20))
})

test('notices while it runs that it was cancelled', async () => {
  const { bury, planId, run, values, collections } = await deadLetters()
  await bury(numbers(20))
  const replayId = await planId()
  let cancelled: Promise<unknown> = Promise.resolve()
  const publisher: Publisher = {
    publish: async () => {
      cancelled = cancelReplay(collections, replayId)
      await cancelled
    },
  }
  const end = await run(replayId, { chunkSize: 5, publisher })
  expect(end).toMatchObject({ kind: 'cancelled', replayed: 0 })
  expect(await readStatus(collections, replayId)).toMatchObject({ status: 'cancelled', isHeld: false })
  await expect(run(replayId)).rejects.toMatchObject({ code: 'replay_cancelled' })
  expect(await values()).toEqual([])
})

test('a completed replay is neither run nor cancelled again', async () => {
  const { bury, planId, run, collections, values } = await deadLetters()
  await bury(['1'])
  const replayId = await planId()
  await run(replayId)
  await expect(run(replayId)).rejects.toMatchObject({ code: 'replay_completed' })
  await expect(cancelReplay(collections, replayId)).rejects.toMatchObject({ code: 'replay_completed' })
  await expect(run('nope')).rejects.toMatchObject({ code: 'unknown_replay' })
  expect(await values()).toEqual(['1'])
})

test('lets one of two processes work on a replay', async () => {
  const { bury, planId, run, values, publisher } = await deadLetters()
  await bury(numbers(30))
  const replayId = await planId()
  let release = () => {}
  const secondIsRefused = new Promise<void>((resolve) => {
    release = resolve
  })
  const slow: Publisher = {
    publish: async (messages) => {
      await secondIsRefused
      await publisher.publish(messages)
    },
  }
  const leaseMs = 3_000
  const runs = [1, 2].map(() => run(replayId, { publisher: slow, chunkSize: 10, leaseMs }))
  const refused = await Promise.race(runs.map((running) => running.catch((error: unknown) => error)))
  expect(refused).toMatchObject({ code: 'replay_running' })
  release()
  const ends = await Promise.allSettled(runs)
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await values()).toEqual(numbers(30))
})

test('takes over from a process that died, and one that only stalled then stops', async () => {
  const { bury, planId, run, values, publisher, collections } = await deadLetters()
  await bury(numbers(20))
  const replayId = await planId()
  // The first process publishes its first chunk and hears of the lease's end before it can store it.
  const stalled: Publisher = {
    publish: async (messages) => {
      await publisher.publish(messages)
      const over = new Date(0)
      await collections.deadLetterReplays.updateOne({ replayId }, { $set: { 'lease.expiresAt': over } })
      await run(replayId)
    },
  }
  await expect(run(replayId, { chunkSize: 5, publisher: stalled, leaseMs: 60_000 })).rejects.toMatchObject({
    code: expect.stringMatching(/lease_lost/),
  })
  expect(await values()).toEqual([...numbers(5), ...numbers(20)])
  expect(await readStatus(collections, replayId)).toMatchObject({ status: 'completed', replayed: 20 })
})

test('stops waiting for another process when asked to', async () => {
  const { bury, planId, run, values, collections } = await deadLetters()
  await bury(['1'])
  const replayId = await planId()
  const lease = { holder: 'another', expiresAt: new Date(Date.now() + 600_000) }
  await collections.deadLetterReplays.updateOne({ replayId }, { $set: { status: 'running', lease } })
  const stopped = await run(replayId, { signal: AbortSignal.abort(new Error('stopped')) })
  expect(stopped).toMatchObject({ kind: 'interrupted', replayed: 0, planned: 1 })
  expect(await values()).toEqual([])
})

test('counts what Kafka no longer keeps, replays the rest, and still knows it when another process goes on', async () => {
  const { bury, planId, run, values, kafka, dlq, publisher, collections } = await deadLetters()
  await bury(numbers(5))
  const replayId = await planId()
  const admin = kafka.admin()
  await admin.connect()
  // Loads who leads the partition, which kafkajs does not do here by itself.
  await admin.fetchTopicOffsets(dlq)
  await admin.deleteTopicRecords({ topic: dlq, partitions: [{ partition: 0, offset: '3' }] })
  await admin.disconnect()
  const failing = run(replayId, { chunkSize: 1, publisher: failingAt(2, publisher, 'before') })
  await expect(failing).rejects.toMatchObject({ code: 'kafka_unavailable' })
  expect(await readStatus(collections, replayId)).toMatchObject({ status: 'interrupted', replayed: 1, expired: 3 })
  expect(await run(replayId)).toMatchObject({ kind: 'completed', replayed: 2, planned: 5, expired: 3 })
  expect(await readStatus(collections, replayId)).toMatchObject({ status: 'completed', replayed: 2, expired: 3 })
  expect(await values()).toEqual(['3', '4'])
})

test('moves nothing when a topic has gone since the plan', async () => {
  const { bury, planId, run, values, collections } = await deadLetters()
  await bury(['1', '2'])
  const replayId = await planId()
  await collections.deadLetterReplays.updateOne({ replayId }, { $push: { 'plan.byTopic': { name: 'gone', count: 1 } } })
  await expect(run(replayId)).rejects.toMatchObject({ code: 'target_topic_missing', message: /gone/ })
  expect(await values()).toEqual([])
})

test('passes over what another replay has taken since the plan', async () => {
  const { bury, planId, run, values } = await deadLetters()
  await bury(numbers(4))
  const [all, some] = [await planId(), await planId()]
  await run(some)
  expect(await run(all)).toMatchObject({ kind: 'completed', replayed: 0, skipped: 4 })
  expect(await values()).toEqual(numbers(4))
})

test('publishes no more a second than it may', async () => {
  const { bury, planId, run, values } = await deadLetters()
  await bury(numbers(15))
  const began = performance.now()
  await run(await planId(), { rate: 5 })
  // Five at once, five after a second, five after two.
  expect(performance.now() - began).toBeGreaterThan(1_900)
  expect(await values()).toEqual(numbers(15))
})
