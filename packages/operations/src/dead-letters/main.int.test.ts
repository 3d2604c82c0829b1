import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { createDeployment, type Deployment } from '@buyer-group/testing/processes/deployment.ts'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { runDlq, startDlq } from './test-kit/start-dlq.ts'

const DLQ = `${TOPICS.personChanges}.detector.dlq`
const LETTERS = 30
const RATE = 10

// Each test starts several processes, one after the other.
vi.setConfig({ testTimeout: 180_000 })

const ending: (() => Promise<void>)[] = []
let deployment: Deployment
let company = 0

beforeAll(async () => {
  deployment = await createDeployment((release) => ending.push(release))
})
afterAll(async () => {
  for (const release of ending) await release()
})

/** Each test has a company of its own, with dead letters that say their number. */
beforeEach(async () => {
  company += 1
  const letters = Array.from({ length: LETTERS }, (_, index) => ({
    key: `company-${company}`,
    value: `${company}:${index}`,
    headers: {
      'dlq-code': 'broken',
      'dlq-topic': deployment.topicPrefix + TOPICS.personChanges,
      'dlq-partition': '0',
      'dlq-offset': String(index),
    },
  }))
  await deployment.produce(DLQ, letters)
})

const planId = async (): Promise<string> =>
  (await runDlq(deployment, 'plan', '--company', `company-${company}`, '--topic', TOPICS.personChanges)).replayId

const replayed = async () => {
  const messages = await deployment.readBytes(TOPICS.personChanges)
  return messages.map(({ value }) => String(value)).filter((value) => value.startsWith(`${company}:`))
}
const all = () => Array.from({ length: LETTERS }, (_, index) => `${company}:${index}`)

/** Runs until some are replayed and some are not, then ends it by a signal. */
async function endHalfWay(id: string, signal: NodeJS.Signals) {
  const run = startDlq(deployment, ['replay', id, '--rate', `${RATE}/s`])
  await vi.waitFor(async () => expect((await replayed()).length).toBeGreaterThan(0), { timeout: 40_000, interval: 20 })
  run.kill(signal)
  return run.ended
}

test('a replay killed between two chunks loses nothing and repeats at most one of them', async () => {
  const id = await planId()
  expect((await endHalfWay(id, 'SIGKILL')).code).toBe('SIGKILL')
  expect((await replayed()).length).toBeLessThan(LETTERS)
  expect(await runDlq(deployment, 'replay', id)).toMatchObject({ kind: 'completed', replayed: LETTERS })
  const found = await replayed()
  expect([...new Set(found)].sort()).toEqual(all().sort())
  expect(found.length).toBeLessThanOrEqual(LETTERS + RATE)
  expect(await runDlq(deployment, 'status', id)).toMatchObject({ status: 'completed', isHeld: false })
})

test('Ctrl-C stops a replay cleanly, and it says how to go on', async () => {
  const id = await planId()
  const { code, stdout } = await endHalfWay(id, 'SIGINT')
  expect({ code, stdout }).toEqual({ code: 130, stdout: expect.stringContaining(`npm run dlq -- replay ${id}`) })
  expect(await runDlq(deployment, 'status', id)).toMatchObject({ status: 'interrupted', lease: null })
  await runDlq(deployment, 'replay', id)
  expect(await replayed()).toEqual(all())
})

test('a running replay ends when another process cancels it', async () => {
  const id = await planId()
  const run = startDlq(deployment, ['replay', id, '--rate', '1/s'])
  await vi.waitFor(async () => expect(await replayed()).not.toEqual([]), { timeout: 40_000 })
  await runDlq(deployment, 'cancel', id)
  expect(await run.ended).toMatchObject({ code: 1, stdout: expect.stringContaining('is cancelled') })
  expect((await replayed()).length).toBeLessThan(LETTERS)
})

test('a replay that came too late for some letters ends with 1, and its status still says so', async () => {
  const id = await planId()
  const topic = deployment.topicPrefix + DLQ
  const admin = deployment.kafka.admin()
  await admin.connect()
  const [end] = await admin.fetchTopicOffsets(topic)
  const offset = String(Number(end?.high) - LETTERS + 12)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] })
  await admin.disconnect()
  const { code, stdout } = await startDlq(deployment, ['replay', id]).ended
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('12 offsets of its ranges had expired') })
  expect(await replayed()).toEqual(all().slice(12))
  expect(await runDlq(deployment, 'status', id)).toMatchObject({ status: 'completed', replayed: 18, expired: 12 })
  expect((await startDlq(deployment, ['status', id]).ended).stdout).toContain('12 offsets of its ranges had expired')
})

test('what cannot be done is one sentence and an exit code', async () => {
  const run = async (...args: string[]) => {
    const { code, stderr } = await startDlq(deployment, args).ended
    return [code, stderr.trim().split('\n').length, stderr] as const
  }
  expect(await run('replay', 'nope')).toEqual([1, 1, expect.stringContaining('no replay has the id nope')])
  expect(await run('list', '--topic', 'nope')).toEqual([1, 1, expect.stringContaining('no dead-letter topic')])
  expect(await run('show', 'nope')).toEqual([1, 1, expect.stringContaining('write TOPIC/PARTITION/OFFSET')])
})
