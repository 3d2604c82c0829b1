import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { type MessageBySchema, SCHEMA_OF_TOPIC } from '@buyer-group/shared/avro/schemas.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { postEvent } from '@buyer-group/testing/events/signed-request.ts'
import { createDeployment, type Deployment, TEST_SECRET } from '@buyer-group/testing/processes/deployment.ts'
import type { ServiceProcess } from '@buyer-group/testing/processes/start-service.ts'
import { congressLoad } from '@buyer-group/testing/scenarios/congress-load.ts'
import { seededRandom } from '@buyer-group/testing/scenarios/seeded-random.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditDeployment } from './audit-deployment.ts'
import type { AuditOptions } from './audit-options.ts'
import type { AuditReport } from './rules/audit-report.ts'
import { waitUntilSettled } from './wait-until-settled.ts'

const WINDOW_MS = 1_000
const REAL = 200
const MOVES = 20

let deployment: Deployment
let services: readonly ServiceProcess[]
let settled: AuditReport
let sent = 0
const releases: (() => Promise<void>)[] = []

/** Breaks are there to stay: a second look needs no pause. */
const audit = (options: Partial<AuditOptions> = {}) =>
  auditDeployment({ ...deployment, windowMs: WINDOW_MS, secondLookAfterMs: 0, ...options })

const found = ({ violations }: AuditReport) => violations.map(({ kind }) => kind)

beforeAll(async () => {
  deployment = await createDeployment((release) => releases.push(release), { REFRESH_WINDOW: `${WINDOW_MS}ms` })
  services = await Promise.all((['ingest', 'detector', 'refresher'] as const).map((name) => deployment.start(name)))
  const load = await congressLoad({ real: REAL, moves: MOVES, duplicates: 0.2 }, seededRandom(4))
  for (const event of [...load.sent, nativeEvent({ type: 'person.email_change' })]) {
    expect((await postEvent(deployment.ingestUrl, event, TEST_SECRET)).status).toBeLessThan(300)
    sent += 1
  }
  await deployment.produce(TOPICS.personChanges, [await conflicting(), { key: 'acme', value: 'garbage' }])
  await waitUntilSettled({ ...deployment, events: REAL + MOVES + 1 })
  settled = await audit()
}, 180_000)

afterAll(async () => {
  for (const release of releases) await release()
})

/** An event that was accepted once more, as if with another body. */
async function conflicting() {
  const [first] = await deployment.read(TOPICS.personChanges)
  if (first === undefined) throw new Error('nothing was accepted')
  return encoded(TOPICS.personChanges, { ...first.value, bodySha256: 'f'.repeat(64) })
}

/** A message as the services write it. */
async function encoded<Topic extends keyof typeof SCHEMA_OF_TOPIC>(
  topic: Topic,
  value: MessageBySchema[(typeof SCHEMA_OF_TOPIC)[Topic]],
) {
  const registry = createRegistry(deployment.schemaRegistryUrl)
  const encode = await openEncoder(registry, deployment.topicPrefix + topic, SCHEMA_OF_TOPIC[topic])
  return { key: value.companyId, value: encode(value as never) }
}

describe('a deployment that works', () => {
  test('is clean at rest, and every event is accounted for', () => {
    expect(settled.violations).toEqual([])
    expect(settled).toMatchObject({
      inFlight: 0,
      counts: {
        accepted: REAL + MOVES + 2,
        decided: REAL + MOVES + 1,
        deadLettered: 1,
        unreadable: 1,
        deadLetters: 2,
        inFlight: 0,
        commandsPerWindow: 1,
        resultsPerRefresh: 1,
        lost: 0,
        twice: 0,
      },
    })
    const { accepted, insignificant, covered, deadLettered, deliveries } = settled.counts
    expect(insignificant).toBeGreaterThan(0)
    expect(insignificant + covered + deadLettered).toBe(accepted)
    expect(deliveries).toBeLessThanOrEqual(sent + 1)
  })

  test('shows an event in flight as such, and never as lost, while it moves', async () => {
    const reports: AuditReport[] = []
    const person = { id: 'mover', name: 'M' }
    const posting = postEvent(deployment.ingestUrl, nativeEvent({ person }), TEST_SECRET)
    for (;;) {
      const report = await audit()
      reports.push(report)
      if (report.counts.accepted > settled.counts.accepted && report.inFlight === 0) break
    }
    expect((await posting).status).toBe(202)
    for (const report of reports) expect(report.violations).toEqual([])
    expect(reports.at(-1)?.counts.covered).toBe(settled.counts.covered + 1)
  })

  test('has only the events of the time in question judged', async () => {
    const [last] = await deployment.collections.webhookEvents.find().sort({ receivedAt: -1 }).limit(1).toArray()
    const since = last?.receivedAt.getTime() ?? 0
    const report = await audit({ since })
    expect(report).toMatchObject({ violations: [], inFlight: 0 })
    expect(report.counts.accepted).toBeGreaterThan(0)
    expect(report.counts.outOfScope).toBeGreaterThan(0)
    expect(report.counts.accepted + report.counts.outOfScope).toBe(settled.counts.accepted + 1)
    expect((await audit({ until: since - 3_600_000 })).counts.accepted).toBe(0)
  })
})

describe('the command', () => {
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
      env: {
        PATH: process.env.PATH,
        KAFKA_BROKERS: deployment.kafkaBrokers.join(),
        MONGODB_URI: deployment.mongodbUri,
        MONGODB_DATABASE: deployment.mongodbDatabase,
        SCHEMA_REGISTRY_URL: deployment.schemaRegistryUrl,
        TOPIC_PREFIX: deployment.topicPrefix,
        ...env,
      },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text))
    const [code] = await once(child, 'close')
    return { code, output }
  }

  test('prints a table and exits 0, or the same as JSON', async () => {
    const table = await run(['--since', '1h', '--window', '1s', '--wait'])
    expect(table.output).toMatch(/lost +0\n/)
    expect(table.code).toBe(0)
    const json = await run(['--since', '1h', '--json'], { REFRESH_WINDOW: '1s' })
    expect(json.code).toBe(0)
    expect(JSON.parse(json.output)).toMatchObject({ counts: { lost: 0, twice: 0 }, violations: [] })
  })

  test.each([
    ['no time', [], {}, 64, '--since'],
    ['a time that is none', ['--since', 'yesterday'], {}, 64, 'is no time'],
    ['a window that is none', ['--since', '1h', '--window', 'long'], {}, 64, 'is no duration'],
    ['a time that ends before it begins', ['--since', '1h', '--until', '2h'], {}, 64, '--until must be later'],
    ['no broker', ['--since', '1h'], { KAFKA_BROKERS: '' }, 78, 'KAFKA_BROKERS'],
    ['topics that do not exist', ['--since', '1h'], { TOPIC_PREFIX: 'nobody.' }, 70, 'npm run setup'],
  ])('says what is wrong with %s', async (_what, args, env, code, words) => {
    const result = await run(args, env)
    expect(result.output).toContain(words)
    expect(result.code).toBe(code)
  })

  test('exits 69 when a part does not answer, and says where', async () => {
    const withoutKafka = await run(['--since', '1h'], { KAFKA_BROKERS: '127.0.0.1:9' })
    expect(withoutKafka.output).toContain('Kafka does not answer at 127.0.0.1:9 (KAFKA_BROKERS)')
    expect(withoutKafka.code).toBe(69)
    const result = await run(['--since', '1h'], { MONGODB_URI: 'mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=200' })
    expect(result.output).toContain('MongoDB does not answer at 127.0.0.1:9')
    expect(result.code).toBe(69)
  })

  test('exits 1 with the event that nobody can account for, and nothing of its person', async () => {
    const [event] = await significantEvents()
    await deployment.collections.webhookEvents.deleteOne({ idempotencyKey: event.idempotencyKey })
    const result = await run(['--since', '1h', '--window', '1s'])
    await deployment.collections.webhookEvents.insertOne(event)
    expect(result.output).toContain(`event_unrecorded: event ${event.idempotencyKey} is neither recorded nor`)
    expect(result.output).toMatch(/lost +1\n/)
    expect(result.output).not.toContain((event.payload.person as { name: string }).name)
    expect(result.code).toBe(1)
  })
})

/** Some recorded events that a refresh covered. */
async function significantEvents(): Promise<[WebhookEventDoc, ...WebhookEventDoc[]]> {
  const covered = { 'decision.outcome': { $ne: 'insignificant' }, waitingFor: [] } as const
  const docs = await deployment.collections.webhookEvents.find(covered).limit(5).toArray()
  return docs as unknown as [WebhookEventDoc, ...WebhookEventDoc[]]
}

describe('a deployment in which something was broken on purpose', () => {
  beforeAll(async () => {
    await Promise.all(services.map((service) => service.stop()))
  })

  const change = async (update: (event: WebhookEventDoc) => Partial<WebhookEventDoc>) => {
    const [event] = await significantEvents()
    const { webhookEvents } = deployment.collections
    const key = { idempotencyKey: event.idempotencyKey }
    await webhookEvents.updateOne(key, { $set: update(event) })
    const report = await audit()
    await webhookEvents.replaceOne(key, event)
    expect(report.violations).toMatchObject([{ ids: { event: event.idempotencyKey } }])
    return found(report)
  }

  test('an event that nobody covered', async () => {
    expect(await change(() => ({ coveredBy: [] }))).toEqual(['event_uncovered'])
  })

  test('an event that waits for a refresh that will not come', async () => {
    expect(await change(({ companyId }) => ({ waitingFor: [companyId], coveredBy: [] }))).toEqual(['event_forgotten'])
  })

  test('an event without a decision', async () => {
    expect(await change(() => ({ processed: false }))).toEqual(['event_undecided'])
  })

  test('an event that its refresh could not read and left out', async () => {
    const error = { code: 'unreadable_payload', message: 'the stored payload is no native event; not folded' }
    expect(await change(() => ({ error }))).toEqual(['event_released_unfolded'])
  })

  test('an event covered by a refresh that told nobody', async () => {
    const other = ({ coveredBy = [] }: WebhookEventDoc) => coveredBy.map((entry) => ({ ...entry, refreshId: 'none' }))
    expect(await change((event) => ({ coveredBy: other(event) }))).toEqual(['coverage_without_result'])
  })

  test('a group that is newer than the current state, and one with other members', async () => {
    const { buyerGroups } = deployment.collections
    const groups = await buyerGroups.find({ 'members.0': { $exists: true } }).toArray()
    const [stale, different] = groups
    if (stale === undefined || different === undefined) throw new Error('there are too few groups')
    await buyerGroups.updateOne({ _id: stale._id }, { $inc: { sequence: 1 } })
    await buyerGroups.updateOne({ _id: different._id }, { $set: { 'members.0.title': 'Janitor' } })
    const report = await audit()
    for (const group of [stale, different]) await buyerGroups.replaceOne({ _id: group._id }, group)
    expect(new Set(found(report))).toEqual(new Set(['current_stale', 'current_differs']))
  })

  test('a refresh with two different results', async () => {
    const [result] = await deployment.read(TOPICS.refreshResults)
    if (result === undefined) throw new Error('there is no result')
    await deployment.produce(TOPICS.refreshResults, [await encoded(TOPICS.refreshResults, result.value)])
    expect(found(await audit())).toEqual([])
    const other = { ...result.value, completedAt: result.value.completedAt + 1 }
    await deployment.produce(TOPICS.refreshResults, [await encoded(TOPICS.refreshResults, other)])
    const report = await audit()
    expect(found(report)).toEqual(['result_differs'])
    expect(report.counts).toMatchObject({ resultsPerRefresh: 2, twice: 1, lost: 0 })
  })

  test('two claims inside one window', async () => {
    const topic = TOPICS.refreshCommandsNormal
    const [command] = await deployment.read(topic)
    if (command === undefined) throw new Error('there is no command')
    const { commandId, sequence } = command.value
    const early = { ...command.value, commandId: `${commandId}:early`, sequence: sequence - 1 }
    await deployment.produce(topic, [await encoded(topic, early)])
    const report = await audit()
    expect(found(report)).toContain('claim_inside_window')
    expect(report.counts.commandsPerWindow).toBe(2)
  })

  test('messages that expired before anybody read them, in a partition that was never committed and in one that was', async () => {
    const { kafka, topicPrefix } = deployment
    const admin = kafka.admin()
    await admin.connect()
    const expire = async (topic: keyof typeof SCHEMA_OF_TOPIC, count: number) => {
      const garbage = Array.from({ length: count }, () => ({ key: 'acme', value: 'garbage', partition: 1 }))
      await deployment.produce(topic, garbage)
      const [end] = (await admin.fetchTopicOffsets(topicPrefix + topic)).filter(({ partition }) => partition === 1)
      const partitions = [{ partition: 1, offset: end?.high ?? '' }]
      await admin.deleteTopicRecords({ topic: topicPrefix + topic, partitions })
      return { kind: 'expired_unread', ids: { partition: `${topicPrefix}${topic}/1` }, count }
    }
    const expired = [await expire(TOPICS.personChanges, 3), await expire(TOPICS.refreshRequests, 2)]
    await admin.disconnect()
    const { violations } = await audit()
    expect(violations.filter(({ kind }) => kind === 'expired_unread')).toMatchObject(expired)
  })

  test('a message that was committed and dropped', async () => {
    const { kafka, topicPrefix } = deployment
    await deployment.produce(TOPICS.personChanges, [{ key: 'acme', value: 'more garbage', partition: 0 }])
    expect(found(await audit())).not.toContain('message_dropped')
    const topic = topicPrefix + TOPICS.personChanges
    const admin = kafka.admin()
    await admin.connect()
    const [end] = (await admin.fetchTopicOffsets(topic)).filter(({ partition }) => partition === 0)
    await admin.setOffsets({
      groupId: `${topicPrefix}detector`,
      topic,
      partitions: [{ partition: 0, offset: end?.high ?? '' }],
    })
    await admin.disconnect()
    expect(found(await audit())).toContain('message_dropped')
  })
})
