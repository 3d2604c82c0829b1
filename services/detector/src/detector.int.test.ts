import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { type OpenPublisher, openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { COMMAND_TOPICS, deadLetterTopic, GROUPS, type Priority, TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { createDeployment, type Deployment, type ReadMessage } from '@buyer-group/testing/processes/deployment.ts'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { personChange } from './test-kit/messages.ts'
import { storeGroup } from './test-kit/stored-group.ts'

/** The detector as the process that it is in production: its wiring. Its rules are shown by the other tests. */
const brokers = (process.env.KAFKA_BROKERS ?? '').split(',')
const releases: (() => Promise<void>)[] = []
const toEnd = (release: () => Promise<void>) => releases.push(release)
let deployment: Deployment
let publisher: OpenPublisher

beforeAll(async () => {
  deployment = await createDeployment(toEnd, { REFRESH_WINDOW: '1s', SWEEP_INTERVAL: '50ms' })
  publisher = await openPublisher(createKafka({ brokers, clientId: 'tests', logger: createLogger('tests', 'fatal') }))
  toEnd(() => publisher.close())
})
afterAll(async () => {
  for (const release of releases.reverse()) await release()
})

async function openTopics() {
  const topics = topicNames(deployment.topicPrefix)
  const schemas = createRegistry(process.env.SCHEMA_REGISTRY_URL ?? '')
  const changes = topics.name(TOPICS.personChanges)
  const requests = topics.name(TOPICS.refreshRequests)
  return {
    changes,
    requests,
    encodeChange: await openEncoder(schemas, changes, 'person-change'),
    encodeRequest: await openEncoder(schemas, requests, 'refresh-request'),
  }
}

const readCommands = async (priority: Priority) =>
  (await deployment.read(COMMAND_TOPICS[priority])) as readonly ReadMessage<RefreshCommand>[]

test('a running detector turns changes and requests into commands, sets poison aside and drains on SIGTERM', async () => {
  const { changes, requests, encodeChange, encodeRequest } = await openTopics()
  const send = (topic: string, value: Buffer) => publisher.publish([{ topic, key: 'acme', value, headers: {} }])
  const detector = await deployment.start('detector')
  const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 50 })

  const event = nativeEvent()
  await send(changes, encodeChange(personChange(event)))
  await send(changes, Buffer.from('garbage'))
  await send(changes, encodeChange(personChange(nativeEvent(), { personId: 'somebody-else' })))
  await send(changes, encodeChange(personChange({ ...event, person: { ...event.person, name: 'Other' } })))
  await send(changes, encodeChange(personChange(event)))
  await until(async () => expect(await detector.metric('kafka_consumer_messages_total')).toBe(5))
  expect(await deployment.count(deadLetterTopic(TOPICS.personChanges, GROUPS.detector))).toBe(3)

  await send(changes, encodeChange(personChange(nativeEvent({ person: { id: 'p2' } }))))
  await until(async () => expect(await deployment.count(COMMAND_TOPICS.normal)).toBe(2))
  const request = { requestId: 'r1', companyId: 'acme', companyName: null, requestedBy: 'api', requestedAt: Date.now() }
  await send(requests, encodeRequest(request))
  await until(async () => expect(await deployment.count(COMMAND_TOPICS.high)).toBe(1))

  const [leading, trailing] = await readCommands('normal')
  const [manual] = await readCommands('high')
  expect(leading).toMatchObject({ key: 'acme', value: { reason: 'webhook', triggeredBy: ['test:p1'] } })
  expect(trailing?.value.triggeredBy).toEqual(['test:p2'])
  expect(manual?.value).toMatchObject({ commandId: 'r1', reason: 'manual', priority: 'high' })
  expect(manual?.headers.ce_id).toBe('r1')
  const sequences = [leading, trailing, manual].map((message) => message?.value.sequence ?? 0)
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
  expect((trailing?.value.requestedAt ?? 0) - (leading?.value.requestedAt ?? 0)).toBeGreaterThanOrEqual(1_000)

  expect(await detector.metric('detector_decisions_total')).toBe(4)
  expect(await detector.metric('detector_commands_produced_total')).toBe(3)
  expect(await detector.stop()).toBe(0)
  expect(detector.output()).not.toMatch(/Pat Doe|Chief Financial/)
})

test('a running detector that is told an age refreshes the groups that have reached it, once', async () => {
  await storeGroup(deployment.collections, 'aged', { agoMs: 2 * 3_600_000 })
  await storeGroup(deployment.collections, 'young', { agoMs: 0 })
  const detector = await deployment.start('detector', { REFRESH_MAX_AGE: '1h' })
  await vi.waitFor(async () => expect(await readCommands('low')).toHaveLength(1), { timeout: 20_000, interval: 50 })
  expect((await readCommands('low'))[0]).toMatchObject({ key: 'aged', value: { reason: 'scheduled', priority: 'low' } })
  const sweeps = await detector.metric('detector_sweeps_total')
  await vi.waitFor(
    async () => expect(await detector.metric('detector_sweeps_total')).toBeGreaterThan(sweeps + 2),
    20_000,
  )
  expect(await detector.metric('detector_scheduled_claims_total')).toBe(1)
  expect(await detector.stop()).toBe(0)
})

/** Runs main.ts until it exits by itself. */
function run(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const main = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...env } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
}

test('a running detector takes a changed policy file without a restart', async () => {
  const { changes, encodeChange } = await openTopics()
  const directory = await mkdtemp(join(tmpdir(), 'policy-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'policy.json')
  await writeFile(path, '{"significantTypes":["person.company_change"]}')
  const detector = await deployment.start('detector', { SIGNIFICANCE_POLICY: path })
  const send = async (id: string) => {
    const event = nativeEvent({ id, type: 'person.updated', company: { id: 'policed' } })
    await publisher.publish([{ topic: changes, key: 'policed', value: encodeChange(personChange(event)), headers: {} }])
    return vi.waitFor(
      async () => {
        const found = await deployment.collections.webhookEvents.findOne({
          idempotencyKey: `test:${id}`,
          processed: true,
        })
        if (found === null) throw new Error(`${id} is not decided yet`)
        return found
      },
      { timeout: 20_000, interval: 50 },
    )
  }
  expect(await send('before')).toMatchObject({ decision: { outcome: 'insignificant' } })

  await writeFile(path, '{"untrusted":[{"types":["person.updated"]}]}')
  const reloaded = async () => expect(await detector.metric('config_file_reloads_total')).toBe(1)
  await vi.waitFor(reloaded, { timeout: 20_000, interval: 50 })
  expect(await send('after')).toMatchObject({
    classification: {
      type: 'person.promotion',
      reason: 'seniority_rose',
      policy: expect.stringMatching(/^[0-9a-f]+$/),
    },
    decision: { outcome: 'refresh' },
  })
  expect(await detector.metric('detector_classified_changes_total')).toBe(1)
  expect(await detector.stop()).toBe(0)
})

test('a policy file that cannot be used, or types beside one, are one sentence and exit code 78', async () => {
  const env = { KAFKA_BROKERS: 'b:1', MONGODB_URI: 'mongodb://h', SCHEMA_REGISTRY_URL: 'http://r' }
  const missing = await run({ ...env, SIGNIFICANCE_POLICY: '/nowhere/policy.json' })
  expect(missing).toEqual({
    code: 78,
    output: 'detector: SIGNIFICANCE_POLICY names the file /nowhere/policy.json, which does not exist.\n',
  })
  const both = await run({ ...env, SIGNIFICANCE_POLICY: 'policy.json', SIGNIFICANT_TYPES: 'person.promotion' })
  expect(both).toEqual({
    code: 78,
    output: expect.stringMatching(/^detector: SIGNIFICANT_TYPES .*SIGNIFICANCE_POLICY/),
  })
  expect(both.output.trim().split('\n')).toHaveLength(1)
})

test('a missing or bad variable is one sentence and exit code 78', async () => {
  expect(await run({})).toEqual({
    code: 78,
    output: expect.stringMatching(/^detector: KAFKA_BROKERS is required.*\n$/),
  })
})

test('a taken admin port is said with what to set', async () => {
  const detector = await deployment.start('detector')
  const { code, output } = await run({
    KAFKA_BROKERS: brokers.join(','),
    MONGODB_URI: process.env.MONGODB_URI ?? '',
    SCHEMA_REGISTRY_URL: process.env.SCHEMA_REGISTRY_URL ?? '',
    ADMIN_PORT: new URL(detector.adminUrl).port,
  })
  expect(code).toBe(1)
  expect(output).toMatch(/^detector: Port \d+ is in use by .*: stop it or set ADMIN_PORT to a free port\.\n/)
  expect(await detector.stop()).toBe(0)
})
