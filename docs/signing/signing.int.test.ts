import { spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nativeEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { SECRET, startTestIngest, type TestIngest } from '../../services/ingest/src/test-kit/start-test-ingest.ts'

interface Example {
  readonly file: string
  /** Commands that must be there, with arguments that only ask which version they are. */
  readonly tools: readonly (readonly string[])[]
  readonly run: readonly [command: string, ...args: string[]]
  /** What must be run once before. */
  readonly build?: readonly [command: string, ...args: string[]]
}

const GO_CACHE = join(import.meta.dirname, '../../node_modules/.cache/go-build')
const GO_ENV = { GOCACHE: GO_CACHE, GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '-mod=mod' }

const scratch = await mkdtemp(join(tmpdir(), 'signing-'))
afterAll(() => rm(scratch, { recursive: true }))
const goProgram = join(scratch, 'send-event')

const EXAMPLES: readonly Example[] = [
  {
    file: 'send-event.sh',
    tools: [
      ['bash', '--version'],
      ['curl', '--version'],
      ['openssl', 'version'],
    ],
    run: ['bash', 'send-event.sh'],
  },
  { file: 'send-event.ts', tools: [], run: [process.execPath, 'send-event.ts'] },
  { file: 'send_event.py', tools: [['python3', '--version']], run: ['python3', 'send_event.py'] },
  {
    file: 'send_event.go',
    tools: [['go', 'version']],
    build: ['go', 'build', '-o', goProgram, 'send_event.go'],
    run: [goProgram],
  },
]

const isThere = ([command = '', ...args]: readonly string[]) => spawnSync(command, args).status === 0
const found = EXAMPLES.filter(({ tools }) => tools.every(isThere))
const notFound = EXAMPLES.filter((example) => !found.includes(example)).map(({ file }) => file)

interface Run {
  readonly exitCode: number | null
  readonly output: string
}

/** Runs a command beside the examples, with these variables and PATH alone. */
function run([command, ...args]: Example['run'], env: Record<string, string>): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: import.meta.dirname, env: { PATH: process.env.PATH, ...env } })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, output }))
  })
}

const refusals = async ({ registry }: TestIngest, reason: string) => {
  const metric = await registry.getSingleMetric('ingest_events_rejected_total')?.get()
  return metric?.values.find(({ labels }) => labels.reason === reason)?.value ?? 0
}

test(`the signing examples that run here: ${found.map(({ file }) => file).join(', ')}; without their tools: ${notFound.join(', ') || 'none'}`, () => {
  expect(found.map(({ file }) => file)).toContain('send-event.ts')
})

describe.each(found)('$file', (example) => {
  beforeAll(async () => {
    if (example.build === undefined) return
    await mkdir(GO_CACHE, { recursive: true })
    expect(await run(example.build, GO_ENV)).toEqual({ exitCode: 0, output: '' })
  }, 300_000)

  const send = (ingest: TestIngest, secret: string) =>
    run(example.run, { WEBHOOK_SECRET: secret, URL: `${ingest.url}/api/webhooks/person-change` })

  test('posts an event that is accepted', async () => {
    const ingest = await startTestIngest(onTestFinished)
    const { exitCode, output } = await send(ingest, SECRET)
    expect(output).toContain('202 {"status":"accepted"')
    expect(exitCode).toBe(0)
    expect(ingest.kafka.published).toHaveLength(1)
    const { payload, eventId } = JSON.parse(String(ingest.kafka.published[0]?.value))
    expect(nativeEventSchema.parse(JSON.parse(payload))).toMatchObject({ id: eventId, type: 'person.promotion' })
  })

  test('sends it again after Retry-After where it was not taken for certain', async () => {
    const ingest = await startTestIngest(onTestFinished)
    ingest.kafka.isAway = true
    const sent = send(ingest, SECRET)
    await expect.poll(() => refusals(ingest, 'unavailable'), { timeout: 30_000 }).toBe(1)
    ingest.kafka.isAway = false
    expect(await sent).toMatchObject({ exitCode: 0, output: expect.stringContaining('202 {"status":"accepted"') })
    expect(ingest.kafka.published).toHaveLength(1)
  })

  test('says why it was refused, and does not send it again', async () => {
    const ingest = await startTestIngest(onTestFinished)
    const { exitCode, output } = await send(ingest, 'another-secret')
    expect(output).toContain('invalid_signature')
    expect(exitCode).toBe(1)
    expect(await refusals(ingest, 'invalid_signature')).toBe(1)
  })

  test('needs a secret', async () => {
    const { exitCode, output } = await run(example.run, {})
    expect(exitCode).not.toBe(0)
    expect(output).toContain('Set WEBHOOK_SECRET to the secret that you share with the receiver.')
  })
})
