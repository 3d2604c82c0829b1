import { expect, test } from 'vitest'
import { Assignment } from './assignment.ts'
import { createKeyLanes } from './key-lanes.ts'
import type { Task } from './task.ts'

const assignment = new Assignment({ t: [0] })
const weights = new Map([['t', 1]])

const task = (key: string | null, offset: number, topic = 't'): Task => ({
  assignment,
  delivery: { topic, partition: 0, offset: String(offset), attempt: 1, delayMs: 0 },
  message: {
    topic,
    partition: 0,
    offset: String(offset),
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from('12345'),
    headers: {},
    timestamp: 0,
  },
})

/** A run function whose tasks end when the test says so. */
function controlled() {
  const started: string[] = []
  const ends = new Map<string, () => void>()
  const run = ({ message }: Task) => {
    const name = `${message.key ?? ''}${message.offset}`
    started.push(name)
    return new Promise<void>((resolve) => ends.set(name, resolve))
  }
  const end = async (name: string) => {
    ends.get(name)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { started, run, end }
}

test('different keys run side by side, one key one after another in order', async () => {
  const { started, run, end } = controlled()
  const lanes = createKeyLanes({ concurrency: 10, weights, run, onTaken: () => {} })
  lanes.add([task('a', 1), task('a', 2), task('b', 3), task('a', 4)])
  expect(started).toEqual(['a1', 'b3'])
  expect(lanes.queued).toBe(2)
  expect(lanes.load('t')).toMatchObject({ messages: 2, bytes: 10 })
  await end('a1')
  expect(started).toEqual(['a1', 'b3', 'a2'])
  await end('a2')
  expect(started).toEqual(['a1', 'b3', 'a2', 'a4'])
})

test('never more than the limit run at once, and a freed place goes to the key that waits longest', async () => {
  const { started, run, end } = controlled()
  const lanes = createKeyLanes({ concurrency: 2, weights, run, onTaken: () => {} })
  lanes.add([task('a', 1), task('a', 2), task('b', 3), task('c', 4)])
  expect(started).toEqual(['a1', 'b3'])
  await end('a1')
  expect(started).toEqual(['a1', 'b3', 'c4'])
  await end('b3')
  expect(started).toEqual(['a1', 'b3', 'c4', 'a2'])
})

test('a key whose task still runs after a rebalance waits for it', async () => {
  const { started, run, end } = controlled()
  const lanes = createKeyLanes({ concurrency: 10, weights, run, onTaken: () => {} })
  lanes.add([task('a', 1), task('a', 2)])
  lanes.dropQueued()
  lanes.add([task('a', 1)])
  expect(started).toEqual(['a1'])
  await end('a1')
  expect(started).toEqual(['a1', 'a1'])
})

test('idle waits for what runs', async () => {
  const { run, end } = controlled()
  const lanes = createKeyLanes({ concurrency: 10, weights, run, onTaken: () => {} })
  lanes.add([task(null, 1)])
  let idle = false
  const waiting = lanes.idle().then(() => {
    idle = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(idle).toBe(false)
  await end('1')
  await waiting
  expect(idle).toBe(true)
})

const PRIORITIES = new Map([
  ['high', 8],
  ['normal', 4],
  ['low', 1],
])

test('a freed place goes to the heavier topic first, and the lightest gets its own turns', async () => {
  const { started, run, end } = controlled()
  const lanes = createKeyLanes({ concurrency: 1, weights: PRIORITIES, run, onTaken: () => {} })
  for (const topic of ['low', 'normal', 'high']) {
    lanes.add(Array.from({ length: 30 }, (_, index) => task(`${topic}-${index}-`, 0, topic)))
  }
  for (let turn = 0; turn < 26; turn += 1) await end(started.at(-1) ?? '')
  const turnsOf = (topic: string) => started.slice(1, 27).filter((name) => name.startsWith(topic)).length
  expect(started[0]).toMatch(/^low/)
  expect(started[1]).toMatch(/^high/)
  expect(['high', 'normal', 'low'].map(turnsOf)).toEqual([16, 8, 2])
})

test('a key that runs for one topic waits in all others', async () => {
  const { started, run, end } = controlled()
  const lanes = createKeyLanes({ concurrency: 10, weights: PRIORITIES, run, onTaken: () => {} })
  lanes.add([task('a', 1, 'low'), task('a', 2, 'low'), task('a', 3, 'high'), task('b', 4, 'normal')])
  expect(started).toEqual(['a3', 'b4'])
  await end('a3')
  expect(started).toEqual(['a3', 'b4', 'a1'])
  await end('a1')
  expect(started).toEqual(['a3', 'b4', 'a1', 'a2'])
})

test('what one topic has queued does not count for another', () => {
  const { run } = controlled()
  const lanes = createKeyLanes({ concurrency: 1, weights: PRIORITIES, run, onTaken: () => {} })
  lanes.add([task('a', 1, 'low'), task('a', 2, 'low'), task('a', 3, 'low')])
  expect(lanes.load('low').messages).toBe(2)
  expect(lanes.load('high').messages).toBe(0)
})
