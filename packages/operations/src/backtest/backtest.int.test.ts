import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import { compilePolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import { significancePolicySchema } from '@buyer-group/rules/significance/significance-policy.ts'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { collectionsOf, type PositionDoc, type WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { type EventOverrides, nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { createDeployment, type Deployment } from '@buyer-group/testing/processes/deployment.ts'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPeople } from './compare-groups.ts'
import type { BacktestReport } from './rules/backtest-report.ts'
import { runBacktest } from './run-backtest.ts'
import { findStoredEvents, openStoredEvents } from './stored-events.ts'

const MINUTE_MS = 60_000
/** The events are of the last two hours: the broker and the database would drop older ones. */
const START = Date.now() - 120 * MINUTE_MS
const SINCE = new Date(START - MINUTE_MS).toISOString()

let deployment: Deployment
let directory: string
const releases: (() => Promise<void>)[] = []

const at = (minute: number) => new Date(START + minute * MINUTE_MS)
const eventAt = (minute: number, overrides: EventOverrides): NativeEvent => {
  const { newTitle: _builders, ...person } = nativeEvent().person
  const event = nativeEvent({ id: `e${minute}`, changes: {}, timestamp: at(minute).toISOString(), ...overrides })
  return { ...event, person: { ...person, ...overrides.person } }
}

/** At Acme and, by one move, at Beta: two spellings of a title, a promotion without a trusted type, a promotion. */
const EVENTS = [
  eventAt(0, { person: { id: 'p1', oldTitle: 'VP Sales', newTitle: 'Vice President, Sales' } }),
  eventAt(10, { type: 'person.updated', person: { id: 'p2', oldTitle: 'Sales Manager', newTitle: 'CRO' } }),
  eventAt(20, { person: { id: 'p3', oldTitle: 'Clerk', newTitle: 'Head of IT' } }),
  eventAt(80, {
    type: 'person.company_change',
    person: { id: 'p3', newTitle: 'Head of IT' },
    changes: { company: { old: { id: 'acme', name: 'Acme Inc' }, new: { id: 'beta', name: 'Beta' } } },
  }),
]

const POLICY = { untrusted: [{ types: ['person.updated'] }], ignoreCosmetic: true }

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'backtest-'))
  releases.push(() => rm(directory, { recursive: true }))
  await writeFile(join(directory, 'policy.json'), JSON.stringify(POLICY))
  await writeFile(join(directory, 'profile.json'), JSON.stringify({ group: { maxMembers: 1 } }))
  await writeFile(join(directory, 'broken.json'), JSON.stringify({ ignoreCosmetics: true }))
  deployment = await createDeployment((release) => releases.push(release))
  await store()
  await publish()
}, 180_000)

afterAll(async () => {
  for (const release of releases.reverse()) await release()
})

/** Events as the detector records them and a directory as the refresher folds them, both under the contract's policy. */
async function store(): Promise<void> {
  const { webhookEvents, positions, people } = deployment.collections
  const isSignificant = ({ type }: NativeEvent) => type !== 'person.updated'
  await webhookEvents.insertMany([
    ...EVENTS.map((event): WebhookEventDoc => {
      const receivedAt = new Date(event.timestamp)
      return {
        idempotencyKey: `test:${event.id}`,
        source: 'test',
        eventType: event.type,
        payload: event,
        bodySha256: 'a'.repeat(64),
        companyId: 'acme',
        occurredAt: receivedAt,
        receivedAt,
        processed: true,
        decision: { outcome: isSignificant(event) ? 'coalesced' : 'insignificant', commandIds: [] },
        waitingFor: [],
      }
    }),
    // An undecided one, too early to be in question, and one that nobody can read.
    { ...unreadable('e-early', at(-100)), processed: false },
    unreadable('e-broken', at(5)),
  ])
  const position = (personId: string, title: string, minute: number, more: Partial<PositionDoc> = {}): PositionDoc => {
    const stamp = { at: at(minute), by: `test:e${minute}` }
    return {
      companyId: 'acme',
      personId,
      title,
      seniority: 'vp',
      department: 'sales',
      changedAt: stamp.at,
      changedBy: stamp.by,
      active: true,
      titleChanged: stamp,
      ...more,
    }
  }
  await positions.insertMany([
    position('per_p1', 'Vice President, Sales', 0),
    position('per_p2', 'Sales Manager', -5, { seniority: 'manager' }),
    position('per_p3', 'Head of IT', 80, { active: false, seniority: 'head', department: 'it' }),
    position('per_p3', 'Head of IT', 80, { companyId: 'beta', seniority: 'head', department: 'it' }),
  ])
  await people.insertMany(
    ['p1', 'p2', 'p3'].map((id) => ({
      personId: `per_${id}`,
      sourceIds: [`test:${id}`],
      name: `Name of ${id}`,
      changedAt: at(-200),
      changedBy: '!import',
    })),
  )
}

function unreadable(key: string, receivedAt: Date): WebhookEventDoc {
  return {
    idempotencyKey: `test:${key}`,
    source: 'test',
    eventType: 'person.promotion',
    payload: { id: key },
    bodySha256: 'a'.repeat(64),
    companyId: 'acme',
    occurredAt: receivedAt,
    receivedAt,
    processed: true,
    waitingFor: [],
  }
}

/** The same events as ingest publishes them, one of them twice, beside one that is no event and one from before. */
async function publish(): Promise<void> {
  const topic = deployment.topicPrefix + TOPICS.personChanges
  const encode = await openEncoder(createRegistry(deployment.schemaRegistryUrl), topic, 'person-change')
  const toMessage = (event: NativeEvent, payload = JSON.stringify(event)) => {
    const receivedAt = Date.parse(event.timestamp)
    const value = encode({
      eventId: event.id,
      source: event.source,
      type: event.type,
      timestamp: receivedAt,
      receivedAt,
      companyId: 'acme',
      companyName: 'Acme Inc',
      personId: event.person.id,
      bodySha256: createHash('sha256').update(payload).digest('hex'),
      payload,
    })
    return { key: 'acme', value }
  }
  await deployment.produce(TOPICS.personChanges, [
    ...[...EVENTS, ...EVENTS.slice(0, 1)].map((event) => toMessage(event)),
    { key: 'acme', value: 'garbage' },
    toMessage(eventAt(-5, {}), '{}'),
  ])
}

/** A hash of every collection of the database. */
async function hashDatabase(): Promise<unknown> {
  const client = await MongoClient.connect(deployment.mongodbUri)
  try {
    return (await client.db(deployment.mongodbDatabase).command({ dbHash: 1 })).collections
  } finally {
    await client.close()
  }
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    cwd: directory,
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
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text: Buffer) => (stdout += text))
  child.stderr.on('data', (text: Buffer) => (stderr += text))
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

async function report(...args: string[]): Promise<BacktestReport> {
  const { code, stdout, stderr } = await run(['--since', SINCE, '--json', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

describe('a backtest of stored events', () => {
  test('says what a policy would refresh, and how the groups would differ', async () => {
    const found = await report('--policy', 'policy.json')
    expect(found.events).toEqual({ read: 4, unreadable: 1, repeats: 0, differing: 2 })
    expect(found.outcomes).toEqual({
      current: { refresh: 2, coalesced: 1, insignificant: 1 },
      candidate: { refresh: 2, coalesced: 1, insignificant: 1 },
    })
    // Now: 0 leads, 20 trails at 60, 80 trails at 120. New: 10 leads, 20 trails at 70, 80 trails at 130. Beta: 80 leads.
    expect(found.refreshes).toEqual({
      current: { leading: 2, trailing: 2, total: 4 },
      candidate: { leading: 2, trailing: 2, total: 4 },
    })
    expect(found.recorded).toEqual({ refresh: 0, coalesced: 3, insignificant: 1 })
    expect(found.classified).toEqual([
      { type: 'none', reason: 'cosmetic', current: 0, candidate: 1 },
      { type: 'person.promotion', reason: 'seniority_rose', current: 0, candidate: 1 },
    ])
    expect(found.groups).toMatchObject({ compared: 2, differing: 1, added: 0, removed: 0, changed: 2, untold: 0 })
    const [acme] = found.groups.first
    expect(acme).toMatchObject({ companyId: 'acme', members: { current: 2, candidate: 2 } })
    expect(
      acme?.changed.map(({ before, after, fields }) => [before.personId, before.role, after.role, fields]),
    ).toEqual([
      ['per_p2', 'influencer', 'decision_maker', ['title', 'seniority', 'role', 'score']],
      ['per_p1', 'champion', 'champion', ['title']],
    ])
  })

  test('warns of what a policy names perhaps in vain', async () => {
    const file = join(directory, 'vain.json')
    await writeFile(file, JSON.stringify({ untrusted: [{ types: ['person.update', 'person.updated'] }] }))
    expect(await report('--policy', file)).toMatchObject({ warnings: [], unmet: ['untrusted.0.types person.update'] })
    await writeFile(file, JSON.stringify({ untrusted: [{ sources: ['Test'] }] }))
    const env = { WEBHOOK_SOURCES: 'test,other', SIGNIFICANT_TYPES: 'person.promotion,person.moved' }
    const { stdout } = await run(['--since', SINCE, '--policy', file], env)
    expect(stdout).toContain('warning: SIGNIFICANT_TYPES: significantTypes names person.moved')
    expect(stdout).toContain('warning: --policy: untrusted.0.sources names Test')
  })

  test('says how a profile would change the groups that are refreshed', async () => {
    const { events, groups, saved } = await report('--profile', 'profile.json', '--window', '15m', '--top', '1')
    expect({ differing: events.differing, saved }).toEqual({ differing: 0, saved: 0 })
    expect(groups).toMatchObject({ compared: 2, differing: 1, removed: 1 })
    expect(groups.first[0]?.removed).toEqual([
      { personId: 'per_p2', role: 'influencer', score: 45, seniority: 'manager', department: 'sales' },
    ])
  })

  test('can look at one company alone, at a time that ends', async () => {
    const beta = await report('--policy', 'policy.json', '--company', 'beta')
    expect(beta).toMatchObject({ events: { read: 1 }, refreshes: { current: { total: 1 } }, groups: { compared: 1 } })
    const early = await report('--policy', 'policy.json', '--until', at(15).toISOString())
    expect(early.events.read).toBe(2)
  })

  test('compares with the rules that the environment names', async () => {
    const env = { SIGNIFICANCE_POLICY: 'policy.json' }
    const { stdout } = await run(['--since', SINCE, '--json', '--policy', 'policy.json'], env)
    expect(JSON.parse(stdout)).toMatchObject({ events: { differing: 0 }, groups: { differing: 0 } })
  })

  test('tells names only where they are asked for, never in messages', async () => {
    const args = ['--since', SINCE, '--policy', 'policy.json']
    const [without, withNames] = [await run(args), await run([...args, '--names'])]
    expect(without.stdout).toContain('~ per_p2 influencer 45')
    expect(without.stdout).not.toMatch(/Name of|CRO|Pat Doe/)
    expect(withNames.stdout).toContain('Name of p1')
    expect(withNames.stdout).toContain('CRO')
  })

  test('reads in the order of the index, a batch at a time', async () => {
    const { webhookEvents } = deployment.collections
    const plan = await findStoredEvents(webhookEvents, { since: at(-1), until: at(500) }).explain('queryPlanner')
    const stages = JSON.stringify(plan.queryPlanner.winningPlan).match(/"stage":"[A-Z_]+"/g)
    expect(stages).toContain('"stage":"SORT_MERGE"')
    expect(stages).not.toContain('"stage":"SORT"')
  })

  test.each([
    ['of nobody', []],
    ['of several', ['a@acme.test', 'b@acme.test']],
  ])('finds people by indexes alone, by the addresses %s', async (_, emails) => {
    const keys = { personIds: ['per_p1', 'per_p2'], sourceIds: ['test:p1'], emails }
    const plan = await findPeople(deployment.collections.people, keys).explain('queryPlanner')
    expect(JSON.stringify(plan.queryPlanner.winningPlan)).not.toContain('COLLSCAN')
  })

  test('sends the database nothing but reads, and leaves it as it was', async () => {
    const before = await hashDatabase()
    const client = await MongoClient.connect(deployment.mongodbUri, { monitorCommands: true })
    const commands = new Set<string>()
    client.on('commandStarted', ({ commandName }) => commands.add(commandName))
    const collections = collectionsOf(client.db(deployment.mongodbDatabase))
    const range = { since: at(-1), until: at(500) }
    const rules = (policy: object) => ({
      policy: compilePolicy(significancePolicySchema.parse(policy)),
      profile: DEFAULT_PROFILE,
    })
    const versions = { policy: 'a', profile: 'b' }
    const { groups } = await runBacktest({
      source: openStoredEvents(collections, range),
      collections,
      sides: { current: rules({}), candidate: rules(POLICY) },
      versions: { current: versions, candidate: versions },
      warnings: [],
      range,
      windowMs: 60 * MINUTE_MS,
      withNames: true,
      maxShown: 10,
    })
    await client.close()
    expect(groups.differing).toBe(1)
    commands.delete('endSessions')
    expect([...commands]).toEqual(['find'])
    expect(await hashDatabase()).toEqual(before)
  })
})

test('a backtest of the topic finds what one of the stored events finds, and leaves no consumer group', async () => {
  const groupsOf = async () => {
    const admin = deployment.kafka.admin()
    await admin.connect()
    const { groups } = await admin.listGroups()
    await admin.disconnect()
    return groups.filter(({ groupId }) => groupId.startsWith(deployment.topicPrefix))
  }
  const before = await groupsOf()
  const {
    events,
    recorded,
    source,
    since: _,
    until: __,
    ...topic
  } = await report('--policy', 'policy.json', '--from-topic')
  const stored = await report('--policy', 'policy.json')
  expect({ events, recorded, source }).toEqual({
    events: { read: 4, unreadable: 1, repeats: 1, differing: 2 },
    recorded: null,
    source: 'topic',
  })
  expect(stored).toMatchObject(topic)
  const early = await report('--policy', 'policy.json', '--from-topic', '--until', at(15).toISOString())
  expect(early.events).toMatchObject({ read: 2, unreadable: 0 })
  expect(await groupsOf()).toEqual(before)
})

describe('what cannot be done is one sentence and an exit code', () => {
  const since = ['--since', '2h']
  const policy = ['--policy', 'policy.json']

  test.each([
    ['no rules to try', since, {}, 64, /name what to try/],
    ['no time', policy, {}, 64, /--since/],
    ['an end before the beginning', [...since, ...policy, '--until', '3h'], {}, 64, /later than --since/],
    ['a window of nothing', [...since, ...policy, '--window', '0s'], {}, 64, /no duration/],
    ['a policy that is not valid', [...since, '--policy', 'broken.json'], {}, 78, /--policy names .*ignoreCosmetics/],
    ['a profile that is not there', [...since, '--profile', 'none.json'], {}, 78, /--profile names .*does not exist/],
    [
      'a bad current policy',
      [...since, ...policy],
      { SIGNIFICANCE_POLICY: 'broken.json' },
      78,
      /^backtest: SIGNIFICANCE_POLICY/,
    ],
    [
      'types and a policy file together, as the detector refuses them',
      [...since, ...policy],
      { SIGNIFICANT_TYPES: 'person.promotion', SIGNIFICANCE_POLICY: 'policy.json' },
      78,
      /SIGNIFICANT_TYPES is not valid: must not be set together with SIGNIFICANCE_POLICY/,
    ],
    [
      'no broker to read from',
      [...since, ...policy, '--from-topic'],
      { KAFKA_BROKERS: '' },
      78,
      /KAFKA_BROKERS is required/,
    ],
    [
      'a broker that is away',
      [...since, ...policy, '--from-topic'],
      { KAFKA_BROKERS: '127.0.0.1:1' },
      69,
      /Kafka does not answer/,
    ],
    [
      'a database that is away',
      [...since, ...policy],
      { MONGODB_URI: 'mongodb://127.0.0.1:1' },
      69,
      /MongoDB does not answer/,
    ],
    ['a topic that is not there', [...since, ...policy, '--from-topic'], { TOPIC_PREFIX: 'no.' }, 70, /does not exist/],
  ] as const)(
    '%s',
    async (_, args, env, code, words) => {
      const ended = await run(args, env)
      expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' })
      expect(ended.stderr).toMatch(words)
      expect(ended.stderr.trim().split('\n')).toHaveLength(1)
    },
    60_000,
  )
})
