import { once } from 'node:events'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { signedHeaders } from '@buyer-group/testing/events/signed-request.ts'
import { createDeployment, type DeployedService, TEST_SECRET } from '@buyer-group/testing/processes/deployment.ts'
import { expect, onTestFinished, test } from 'vitest'

const IN_USE = 'the changed file is in use'
const REFUSED = 'it is not used'

/** Waits on a condition, however busy the machine is. */
const soon = <Value>(actual: () => Value) => expect.poll(actual, { timeout: 30_000 })

/** A directory with `sources.json` and files of secrets, each replaced at once. */
async function folder() {
  const directory = await mkdtemp(join(tmpdir(), 'sources-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'sources.json')
  const write = async (name: string, text: string) => {
    await writeFile(join(directory, `.${name}`), text)
    await rename(join(directory, `.${name}`), join(directory, name))
  }
  const writeSources = (...sources: unknown[]) => write('sources.json', JSON.stringify({ sources }))
  return { path, write, writeSources }
}

async function post(ingest: DeployedService, source: string, secret: string): Promise<number> {
  const body = JSON.stringify(nativeEvent({ source }))
  const headers = signedHeaders(body, secret)
  const response = await fetch(`${ingest.url}/api/webhooks/${source}`, { method: 'POST', headers, body })
  await response.arrayBuffer()
  return response.status
}

/** How often a text stands in what the process wrote. */
const countIn = (ingest: DeployedService, text: string) => ingest.output().split(text).length - 1

/** Posts from several connections until told to stop; the statuses, and what had no answer. */
function load(ingest: DeployedService, source: string, secret: string) {
  const answers: (number | string)[] = []
  let isOver = false
  const sender = async () => {
    while (!isOver) answers.push(await post(ingest, source, secret).catch((error) => String(error.cause ?? error)))
  }
  const senders = Promise.all(Array.from({ length: 8 }, sender))
  return {
    answers,
    stop: async () => {
      isOver = true
      await senders
      return answers
    },
  }
}

test('a process follows its sources on change and on SIGHUP under load, and no request fails', async () => {
  const { path, write, writeSources } = await folder()
  const live = { name: 'live', secrets: [{ file: 'live.secret' }] }
  await write('live.secret', 'the-secret-of-live')
  await writeSources(live)
  const deployment = await createDeployment(onTestFinished)
  const ingest = await deployment.start('ingest', { SOURCES_FILE: path })
  const sending = load(ingest, 'live', 'the-secret-of-live')
  await soon(() => sending.answers.length).toBeGreaterThan(20)

  const added = { name: 'added', secrets: [{ file: 'added.secret' }] }
  await write('added.secret', 'the-first-secret-of-added')
  expect(await post(ingest, 'added', 'the-first-secret-of-added')).toBe(404)
  await writeSources(live, added)
  await soon(() => post(ingest, 'added', 'the-first-secret-of-added')).toBe(202)

  await write('added.secret', 'the-other-secret-of-added')
  await soon(() => post(ingest, 'added', 'the-other-secret-of-added')).toBe(202)
  expect(await post(ingest, 'added', 'the-first-secret-of-added')).toBe(401)

  await writeSources(live)
  ingest.kill('SIGHUP')
  await soon(() => post(ingest, 'added', 'the-other-secret-of-added')).toBe(404)

  await writeSources(live, { ...added, secrets: [{ env: 'NOT_SET' }] })
  ingest.kill('SIGHUP')
  await soon(() => countIn(ingest, REFUSED)).toBe(1)
  expect(ingest.output()).toContain(
    'source \\"added\\": secrets[0].env names the variable NOT_SET, which is not set; it is not used',
  )
  expect(await ingest.metric('config_file_last_reload_successful')).toBe(0)
  const before = sending.answers.length
  await soon(() => sending.answers.length).toBeGreaterThan(before + 20)

  expect(new Set(await sending.stop())).toEqual(new Set([202]))
  expect(ingest.output()).not.toMatch(/the-\w+-secret-of|the-secret-of/)
  expect(await ingest.stop()).toBe(0)
})

test('a request whose body is under way while the sources are read again is judged by those it came to', async () => {
  const { path, writeSources } = await folder()
  const live = { name: 'live', secrets: [{ env: 'LIVE_SECRET' }] }
  await writeSources(live)
  const deployment = await createDeployment(onTestFinished)
  const ingest = await deployment.start('ingest', { SOURCES_FILE: path, LIVE_SECRET: 'the-secret-of-live' })

  const body = JSON.stringify(nativeEvent({ source: 'live' }))
  const headers = { ...signedHeaders(body, 'the-secret-of-live'), expect: '100-continue' }
  const half = request(`${ingest.url}/api/webhooks/live`, { method: 'POST', headers })
  const answered = once(half, 'response')
  half.flushHeaders()
  await once(half, 'continue')
  await writeSources({ ...live, companyIdPrefix: 'l:' })
  await soon(() => countIn(ingest, IN_USE)).toBe(1)
  half.end(body)
  const [response] = (await answered) as [IncomingMessage]
  response.resume()
  expect(response.statusCode).toBe(202)
})

test('both secrets of a rotation are taken while they overlap, and only the new one after', async () => {
  const { path, writeSources } = await folder()
  const rotated = (notAfter: number) =>
    writeSources({
      name: 'live',
      secrets: [
        { env: 'OLD_SECRET', notAfter: new Date(notAfter).toISOString() },
        { env: 'NEW_SECRET', notBefore: new Date(0).toISOString() },
      ],
    })
  await rotated(Date.now() + 3_600_000)
  const deployment = await createDeployment(onTestFinished)
  const secrets = { OLD_SECRET: 'the-old-secret', NEW_SECRET: 'the-new-secret' }
  const ingest = await deployment.start('ingest', { SOURCES_FILE: path, ...secrets })
  expect(await post(ingest, 'live', 'the-old-secret')).toBe(202)
  expect(await post(ingest, 'live', 'the-new-secret')).toBe(202)

  await rotated(Date.now() - 1)
  await soon(() => post(ingest, 'live', 'the-old-secret')).toBe(401)
  expect(await post(ingest, 'live', 'the-new-secret')).toBe(202)
  // The address for all sources knows the same secrets.
  const body = JSON.stringify(nativeEvent({ source: 'test' }))
  const common = await fetch(`${ingest.url}/api/webhooks/person-change`, {
    method: 'POST',
    headers: signedHeaders(body, TEST_SECRET),
    body,
  })
  expect(common.status).toBe(202)
})

test('a process whose file is bad at the start ends with 78 and one sentence', async () => {
  const { path, writeSources } = await folder()
  await writeSources({ name: 'live', secrets: ['hunter2-hunter2'] })
  const deployment = await createDeployment(onTestFinished)
  const ingest = await deployment.start('ingest', { SOURCES_FILE: path }, { untilReady: false })
  expect(await ingest.exited).toBe(78)
  expect(ingest.output()).toMatch(
    /^ingest: SOURCES_FILE names the file .*: source "live": secrets\[0\]: expected .*\n$/,
  )
  expect(ingest.output()).not.toContain('hunter2')
})
