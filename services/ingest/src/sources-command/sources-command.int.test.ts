import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createDeployment } from '@buyer-group/testing/processes/deployment.ts'
import { expect, onTestFinished, test } from 'vitest'

const OLD = 'the-old-secret-of-partner'

/** A directory with a sources file, and the command run on it as a person runs it. */
async function folder(...sources: unknown[]) {
  const directory = await mkdtemp(join(tmpdir(), 'sources-command-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'sources.json')
  await writeFile(path, JSON.stringify({ sources }), { mode: 0o640 })
  const run = async (args: readonly string[], env: Record<string, string> = {}, input = '') => {
    const child = spawn(process.execPath, ['services/ingest/src/sources-command/main.ts', ...args], {
      cwd: `${import.meta.dirname}/../../../..`,
      env: { PATH: process.env.PATH, SOURCES_FILE: path, ...env },
    })
    child.stdin.end(input)
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { code, output, errors }
  }
  const read = async () => JSON.parse(await readFile(path, 'utf8')).sources
  return { directory, path, run, read }
}

const fingerprintIn = (output: string) => /fingerprint ([0-9a-f]{8})/.exec(output)?.[1]

const partner = { name: 'partner', scheme: { type: 'native' }, secrets: [{ file: 'keys/partner' }] }

async function withPartner(...others: unknown[]) {
  const made = await folder(partner, ...others)
  await mkdir(join(made.directory, 'keys'))
  await writeFile(join(made.directory, 'keys/partner'), `${OLD}\n`)
  return made
}

test('a secret is rotated while ingest runs: each send-test is taken, by the newest secret there is', async () => {
  const { path, run, read, directory } = await withPartner()
  const deployment = await createDeployment(onTestFinished)
  const ingest = await deployment.start('ingest', { SOURCES_FILE: path })
  const sendTest = () => run(['send-test', 'partner', '--target', ingest.url])
  const first = await sendTest()
  expect(first).toMatchObject({ code: 0, errors: '' })
  expect(first.output).toMatch(/answered 202\.\n.*the event is published as partner:test-/)

  const rotated = await run(['rotate', 'partner', '--overlap', '1h'])
  expect(rotated).toMatchObject({ code: 0, errors: '' })
  await expect.poll(() => ingest.output(), { timeout: 30_000 }).toContain('the changed file is in use')
  const second = await sendTest()
  expect(second.output).toContain('answered 202')
  expect(fingerprintIn(second.output)).toBe(fingerprintIn(rotated.output))
  expect(fingerprintIn(first.output)).not.toBe(fingerprintIn(second.output))

  const [source] = await read()
  expect(source.secrets).toEqual([
    { file: 'keys/partner', notAfter: expect.stringMatching(/Z$/) },
    { file: expect.stringMatching(/^keys\/partner\.\d{8}T\d{6}Z$/), notBefore: expect.stringMatching(/Z$/) },
  ])
  const added = join(directory, source.secrets[1].file)
  expect((await stat(added)).mode & 0o777).toBe(0o600)
  expect((await stat(path)).mode & 0o777).toBe(0o640)
  expect(await readdir(directory)).toEqual(['keys', 'sources.json'])
  const secret = (await readFile(added, 'utf8')).trim()
  expect(secret).toMatch(/^[\w-]{43}$/)
  for (const { output } of [rotated, second]) expect(output).not.toContain(secret)
  expect(rotated.output).not.toContain(OLD)
})

test('a rotation is finished once the old secrets have ended, not before, and keeps the other sources as they are', async () => {
  const other = { name: 'other', secrets: [{ env: 'NOT_SET_HERE' }], companyIdPrefix: 'o:' }
  const { run, read } = await withPartner(other)
  expect((await run(['rotate', 'partner'])).code).toBe(0)
  const early = await run(['rotate', 'partner', '--finish'])
  expect(early).toMatchObject({ code: 1, output: expect.stringContaining('Nothing is taken out') })

  const shown = await run(
    ['rotate', 'other', '--overlap', '0s', '--show', '--stdin'],
    {},
    'the-secret-that-they-made\n',
  )
  expect(shown).toMatchObject({ code: 0, output: expect.stringContaining('the-secret-that-they-made') })
  const late = await run(['rotate', 'other', '--finish'])
  expect(late).toMatchObject({ code: 0, output: expect.stringContaining('NOT_SET_HERE') })
  const [, kept] = await read()
  expect(kept).toEqual({
    ...other,
    secrets: [{ file: expect.stringMatching(/^secrets\/other\./), notBefore: expect.stringMatching(/Z$/) }],
  })
})

test('a rotation that leaves a file which cannot be used changes nothing', async () => {
  const { run, read, directory } = await folder({
    ...partner,
    secrets: Array.from({ length: 20 }, () => ({ env: 'A' })),
  })
  const before = await read()
  const { code, errors } = await run(['rotate', 'partner'])
  expect(code).toBe(78)
  expect(errors).toContain('source "partner": secrets: Too big')
  expect(await read()).toEqual(before)
  expect(await readdir(join(directory, 'secrets'))).toEqual([])
  expect(await readdir(directory)).toEqual(['secrets', 'sources.json'])
})

test('check says what is wrong with a file and exits 78, or which sources ingest would have', async () => {
  const { run } = await withPartner({ name: 'other', secrets: [{ env: 'OTHER_SECRET' }] })
  const bad = await run(['check'])
  expect(bad).toMatchObject({ code: 78, output: '' })
  expect(bad.errors).toMatch(/source "other": secrets\[0\]\.env names the variable OTHER_SECRET, which is not set\.\n$/)
  const good = await run(['check'], { OTHER_SECRET: 'the-secret-of-other' })
  expect(good).toMatchObject({ code: 0, errors: '' })
  expect(good.output).toContain('2 sources: partner, other')
})

test('list shows every source, and its secrets by fingerprint alone', async () => {
  const { run } = await withPartner({ name: 'other', secrets: [{ env: 'OTHER_SECRET' }] })
  const { code, output } = await run(['list'], { WEBHOOK_SECRET: 'the-common-secret', WEBHOOK_SOURCES: 'test' })
  expect(code).toBe(0)
  expect(output).toMatch(/^test +native +native +\/api\/webhooks\/test +WEBHOOK_SOURCES/m)
  expect(output).toMatch(/^partner +keys\/partner +[0-9a-f]{8} +valid$/m)
  expect(output).toMatch(/^other +OTHER_SECRET +- +unusable: .*which is not set$/m)
  expect(output).not.toMatch(/the-\w+-secret/)
})

test('send-test explains why an event is not taken, and exits 1, or 69 where nobody answers', async () => {
  const { path, run } = await withPartner({
    name: 'mute',
    secrets: [{ env: 'MUTE_SECRET' }],
    eventTypes: ['person.promotion'],
  })
  const env = { MUTE_SECRET: 'the-secret-of-mute' }
  const deployment = await createDeployment(onTestFinished)
  const ingest = await deployment.start('ingest', { SOURCES_FILE: path, ...env })
  const send = (name: string, more: Record<string, string> = {}) =>
    run(['send-test', name, '--target', ingest.url], { ...env, ...more })
  expect(await send('mute', { MUTE_SECRET: 'the-secret-of-nobody' })).toMatchObject({
    code: 1,
    output: expect.stringMatching(/answered 401 invalid_signature\.\nIngest has other secrets/),
  })
  expect(await send('mute')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/answered 400 invalid_event\.\nThe signature is right; the type is refused/),
  })
  expect(await send('nobody')).toMatchObject({ code: 78 })
  expect(await run(['send-test', 'partner', '--target', 'http://127.0.0.1:1'])).toMatchObject({
    code: 69,
    errors: 'sources: Ingest does not answer at http://127.0.0.1:1: start it, or say where it listens with --target\n',
  })
})

test('send-test signs as each scheme asks, and shows that the signature holds whatever the format', async () => {
  const secrets = [{ env: 'A_SECRET' }]
  const sources = [
    { name: 'std', scheme: { type: 'standard-webhooks' }, secrets },
    { name: 'lusha', scheme: { type: 'lusha' }, adapter: 'lusha', secrets },
    { name: 'hub', scheme: { type: 'hubspot', publicUrl: 'https://hooks.example.com' }, adapter: 'hubspot', secrets },
    { name: 'core', scheme: { type: 'header-secret', header: 'x-api-key' }, adapter: 'coresignal', secrets },
    { name: 'pdl', scheme: { type: 'path-secret' }, adapter: 'people-data-labs', secrets: [{ env: 'PATH_SECRET' }] },
  ]
  const { path, run } = await folder(...sources)
  const env = {
    A_SECRET: `whsec_${Buffer.from('the-secret-of-all-of-these-sources').toString('base64')}`,
    PATH_SECRET: 'the-secret-in-the-path-of-pdl',
  }
  const deployment = await createDeployment(onTestFinished)
  const ingest = await deployment.start('ingest', { SOURCES_FILE: path, ...env })
  for (const { name } of sources) {
    const { code, output, errors } = await run(['send-test', name, '--target', ingest.url], env)
    expect({ name, code, errors, output }).toMatchObject({ code: 0, errors: '' })
    expect(output).not.toMatch(/whsec_|the-secret/)
  }
  expect(ingest.output()).not.toMatch(/whsec_|the-secret/)
})
