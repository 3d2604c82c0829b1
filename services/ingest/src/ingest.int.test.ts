import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { postEvent } from '@buyer-group/testing/events/signed-request.ts'
import { createDeployment, TEST_SECRET, TEST_TOKEN } from '@buyer-group/testing/processes/deployment.ts'
import { freePort } from '@buyer-group/testing/processes/free-port.ts'
import { describe, expect, onTestFinished, test } from 'vitest'

/** Ends by itself, or at the end of the test. */
function run(env: Record<string, string>) {
  const child = spawn(process.execPath, ['services/ingest/src/main.ts'], {
    cwd: `${import.meta.dirname}/../../..`,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code))
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return { child, exited, output: () => output, errors: () => errors }
}

const NOWHERE = {
  KAFKA_BROKERS: '127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/?replicaSet=nowhere',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
  WEBHOOK_SECRET: TEST_SECRET,
  INGEST_HOST: '127.0.0.1',
}

describe('the process on a real broker and registry', () => {
  test('publishes what it accepts, decodable and under the company, and drains at SIGTERM', async () => {
    const deployment = await createDeployment(onTestFinished, { COMPANY_ID_PREFIXES: 'congress=us:' })
    const first = await deployment.start('ingest')
    const second = await deployment.start('ingest')
    const event = { ...nativeEvent({ source: 'congress' }), more: { kept: true } }
    const body = JSON.stringify(event)

    const answers = await Promise.all(
      [first.url, second.url, first.url].map((url) => postEvent(url, body, TEST_SECRET)),
    )
    expect(answers.every(({ status }) => status === 202 || status === 200)).toBe(true)
    expect(answers.map(({ status }) => status)).toContain(202)
    const refresh = await fetch(`${first.url}/api/refreshes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TEST_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ companyId: 'us:acme' }),
    })
    expect(refresh.status).toBe(202)

    const changes = await deployment.read(TOPICS.personChanges)
    // Two instances that do not know of each other yet may both publish: the detector makes it one.
    expect(changes.length).toBeGreaterThanOrEqual(1)
    expect(changes.length).toBeLessThanOrEqual(2)
    expect(changes[0]).toMatchObject({
      key: 'us:acme',
      value: {
        eventId: event.id,
        source: 'congress',
        companyId: 'us:acme',
        personId: 'p1',
        timestamp: Date.parse(event.timestamp),
        bodySha256: createHash('sha256').update(body).digest('hex'),
        payload: body,
      },
      headers: { ce_id: `congress:${event.id}`, ce_source: '/buyer-group/ingest/congress', ce_specversion: '1.0' },
    })
    const [request] = await deployment.read(TOPICS.refreshRequests)
    expect(request).toMatchObject({ key: 'us:acme', value: { companyId: 'us:acme', companyName: null } })
    expect(await deployment.collections.webhookEvents.countDocuments()).toBe(0)
    expect(await first.metric('ingest_events_accepted_total')).toBeGreaterThanOrEqual(1)

    const before = await deployment.count(TOPICS.personChanges)
    const inFlight = Promise.allSettled(
      Array.from({ length: 100 }, () => postEvent(first.url, nativeEvent(), TEST_SECRET)),
    )
    await expect.poll(() => first.metric('ingest_batch_size_count')).toBeGreaterThanOrEqual(2)
    const stopping = first.stop()
    const answered = (await inFlight).flatMap((result) => (result.status === 'fulfilled' ? [result.value.status] : []))
    expect(answered.length).toBeGreaterThan(0)
    expect(new Set(answered)).toEqual(new Set([202]))
    expect(await stopping).toBe(0)
    expect((await deployment.count(TOPICS.personChanges)) - before).toBeGreaterThanOrEqual(answered.length)
    expect(await second.stop()).toBe(0)
    expect(first.output()).not.toContain('Pat Doe')
  })

  test('starts while everything is away, says so, and answers 503', async () => {
    const [port, adminPort] = [await freePort(), await freePort()]
    const ingest = run({ ...NOWHERE, INGEST_PORT: String(port), ADMIN_PORT: String(adminPort) })
    await expect.poll(() => ingest.output(), { timeout: 20_000 }).toContain('"listening"')
    const ready = await fetch(`http://127.0.0.1:${adminPort}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({ checks: { messaging: { ok: false } } })
    expect((await fetch(`http://127.0.0.1:${adminPort}/livez`)).status).toBe(200)
    const refused = await postEvent(`http://127.0.0.1:${port}`, nativeEvent(), TEST_SECRET)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
    expect((await postEvent(`http://127.0.0.1:${port}`, nativeEvent(), 'nobodys-secret')).status).toBe(401)
    ingest.child.kill('SIGTERM')
    expect(await ingest.exited).toBe(0)
  })
})

describe('the process that cannot start', () => {
  test.each([
    ['WEBHOOK_SECRET', { WEBHOOK_SECRET: '' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: '' }],
    ['INGEST_PORT', { INGEST_PORT: 'many' }],
  ])('says in one sentence that %s is bad and exits 78', async (variable, env) => {
    const ingest = run({ ...NOWHERE, ADMIN_PORT: '0', INGEST_PORT: '0', ...env })
    expect(await ingest.exited).toBe(78)
    expect(ingest.errors()).toMatch(new RegExp(`^ingest: ${variable} .*\\n$`))
    expect(ingest.errors()).not.toContain(TEST_SECRET)
  })

  test('says by whom a port is taken and what to set, and exits 1', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
    })
    onTestFinished(() => void other.close())
    const ingest = run({ ...NOWHERE, ADMIN_PORT: '0', INGEST_PORT: String(port) })
    expect(await ingest.exited).toBe(1)
    expect(ingest.errors()).toMatch(new RegExp(`^ingest: Port ${port} is in use by .*: stop it or set INGEST_PORT`))
  })
})
