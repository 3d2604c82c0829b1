import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '@buyer-group/shared/config/read-config.ts'
import { createReloadMetrics } from '@buyer-group/shared/config/reload-metrics.ts'
import { Registry } from 'prom-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ingestConfigSchema } from '../config.ts'
import { openSources } from './open-sources.ts'

const NOW = Date.UTC(2026, 0, 15, 12)

const NEEDED = {
  KAFKA_BROKERS: 'localhost:9092',
  MONGODB_URI: 'mongodb://localhost',
  SCHEMA_REGISTRY_URL: 'http://localhost:8081',
  WEBHOOK_SOURCES: 'test',
}

const ENVIRONMENT = { WEBHOOK_SECRET: 'the-common-secret', LUSHA_SECRET: 'the-secret-of-lusha' }

const lusha = { name: 'lusha', secrets: [{ env: 'LUSHA_SECRET' }], companyIdPrefix: 'lu:' }

/** Waits on a condition, however busy the machine is. */
const soon = <Value>(actual: () => Value) => expect.poll(actual, { timeout: 10_000 })

/** A directory of its own with `sources.json`; reads it as ingest does. */
async function folder(sources: unknown) {
  const directory = await mkdtemp(join(tmpdir(), 'sources-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const write = async (name: string, text: string) => {
    await writeFile(join(directory, `${name}.tmp`), text)
    await rename(join(directory, `${name}.tmp`), join(directory, name))
  }
  const writeSources = (next: unknown) => write('sources.json', JSON.stringify({ sources: next }))
  await writeSources(sources)
  const lines: { level: string; message: string }[] = []
  const log = (level: string) => (fields: object, message: string) => lines.push({ level, ...fields, message })
  const registry = new Registry()
  const hand = { change: async (_name: string) => {}, watched: new Set<string>() }

  const open = async (given: Record<string, string> = ENVIRONMENT) => {
    const env = { ...NEEDED, SOURCES_FILE: join(directory, 'sources.json'), ...given }
    const watches = new Map<string, () => void>()
    const opened = await openSources(readConfig(ingestConfigSchema, env), {
      env,
      now: () => NOW,
      logger: { info: log('info'), warn: log('warn'), error: log('error') },
      metrics: createReloadMetrics(registry),
      watch: (path, onChange) => {
        watches.set(path, onChange)
        return () => watches.delete(path)
      },
    })
    onTestFinished(opened.close)
    hand.change = async (name) => watches.get(join(directory, name))?.()
    const watched = () => [...watches.keys()].map((path) => path.slice(directory.length + 1)).sort()
    return { ...opened, watched }
  }
  const refusal = (env?: Record<string, string>) =>
    open(env).then(
      () => 'was not refused',
      (error) => {
        expect(error).toMatchObject({ code: 'bad_configuration' })
        return error.message.replace(join(directory, 'sources.json'), 'FILE')
      },
    )
  return { directory, write, writeSources, open, refusal, lines, registry, change: (name: string) => hand.change(name) }
}

describe('the sources of a file', () => {
  test('are added to those of the environment', async () => {
    const { open } = await folder([
      { ...lusha, rateLimit: { eventsPerSecond: 5 }, eventTypes: ['person.promotion', 'person.role_*'] },
    ])
    const sources = (await open()).current()
    expect(sources.names).toEqual(['test', 'lusha'])
    const found = sources.find('lusha')
    expect(found).toMatchObject({ companyIdPrefix: 'lu:', eventsPerSecond: 5, scheme: { name: 'native' } })
    expect(
      ['person.promotion', 'person.promotions', 'person.role_change'].map((type) => found?.mayContain(type)),
    ).toEqual([true, false, true])
    expect(sources.secretsFor('lusha')).toHaveLength(1)
    expect(String(sources.secretsFor('lusha')[0]?.key.export())).toBe('the-secret-of-lusha')
  })

  test('go before those of the same name in the environment, which then need no secret there', async () => {
    const { open } = await folder([lusha])
    const { current } = await open({ LUSHA_SECRET: 'the-secret-of-lusha', WEBHOOK_SOURCES: 'lusha' })
    expect(current().names).toEqual(['lusha'])
    expect(current().find('lusha')?.companyIdPrefix).toBe('lu:')
  })

  test('may use any variable for their secrets, also one named as those of the environment are', async () => {
    const { open, refusal, registry } = await folder([{ ...lusha, secrets: [{ env: 'WEBHOOK_SECRET_LUSHA' }] }])
    const env = { ...ENVIRONMENT, WEBHOOK_SECRET_LUSHA: 'the-secret-of-lusha' }
    const { current, close } = await open(env)
    expect(current().names).toContain('lusha')
    close()
    registry.clear()
    expect(await refusal({ ...env, WEBHOOK_SECRET_LUHSA: 'the-secret-of-lusha' })).toMatch(
      /^WEBHOOK_SECRET_LUHSA belongs/,
    )
  })

  test('take a secret from a file beside them, without the line feed at its end, for its time', async () => {
    const { open, write } = await folder([
      { name: 'lusha', secrets: [{ file: 'lusha.secret', notBefore: '2026-01-01T00:00:00Z' }] },
    ])
    await write('lusha.secret', 'the-secret-of-lusha\n')
    const { current } = await open()
    const [secret] = current().find('lusha')?.secrets ?? []
    expect(secret?.notBefore).toBe(Date.UTC(2026, 0, 1))
    expect(String(secret?.key.export())).toBe('the-secret-of-lusha')
  })
})

describe('a file that cannot be used', () => {
  test.each([
    ['secrets[0].env names the variable NONE, which is not set', { env: 'NONE' }],
    ['secrets[0].env holds no secret of the scheme native: a secret has at least 8 characters', { env: 'SHORT' }],
    ['secrets[0].file names a file that does not exist', { file: 'none' }],
    ['secrets[0].file names a file that is not a regular file', { file: '.' }],
    [
      'secrets[0].file holds no secret of the scheme native: a secret has at least 8 characters',
      { file: 'sources.json.empty' },
    ],
  ])('is refused at the start by its source and field: %s', async (problem, secret) => {
    const { refusal, write } = await folder([{ name: 'lusha', secrets: [secret] }])
    await write('sources.json.empty', '\n')
    const message = await refusal({ ...ENVIRONMENT, SHORT: 'hunter2' })
    expect(message).toBe(`SOURCES_FILE names the file FILE, which is not valid: source "lusha": ${problem}.`)
  })

  test('names every source that is wrong', async () => {
    const secrets = [{ env: 'NONE' }]
    const { refusal } = await folder([lusha, { name: 'a', secrets }, { name: 'b', secrets }])
    expect(await refusal()).toMatch(/source "a": .*; source "b": /)
  })

  test('is refused where it leaves a source of the environment without any secret', async () => {
    const { refusal } = await folder([lusha])
    expect(await refusal({ LUSHA_SECRET: 'the-secret-of-lusha' })).toBe(
      'SOURCES_FILE names the file FILE, which does not have the source "test" of WEBHOOK_SOURCES, and neither WEBHOOK_SECRET nor WEBHOOK_SECRET_TEST is set for it.',
    )
  })

  test('is not one whose secrets have ended: the process starts and warns', async () => {
    const { open, lines } = await folder([
      { ...lusha, secrets: [{ env: 'LUSHA_SECRET', notAfter: '2026-01-15T12:00:00Z' }] },
      { name: 'later', secrets: [{ env: 'LUSHA_SECRET', notBefore: '2026-02-01T00:00:00Z' }] },
    ])
    await open()
    expect(lines).toEqual([{ level: 'warn', source: 'lusha', message: expect.stringContaining('valid any more') }])
  })
})

describe('a change', () => {
  test('of the file makes other sources, of which the ones before know nothing', async () => {
    const { open, writeSources, change, lines } = await folder([lusha])
    const { current } = await open()
    const before = current()
    await writeSources([lusha, { ...lusha, name: 'pdl' }])
    await change('sources.json')
    await soon(() => current().names).toEqual(['test', 'lusha', 'pdl'])
    expect(before.names).toEqual(['test', 'lusha'])
    expect(lines).toMatchObject([{ level: 'info', variable: 'SOURCES_FILE', message: 'the changed file is in use' }])
  })

  test('of a secret’s file is taken too, and its old text is nowhere told', async () => {
    const { open, write, change, lines } = await folder([{ name: 'lusha', secrets: [{ file: 'lusha.secret' }] }])
    await write('lusha.secret', 'the-old-secret')
    const { current, watched } = await open()
    expect(watched()).toEqual(['lusha.secret', 'sources.json'])
    await write('lusha.secret', 'the-new-secret')
    await change('lusha.secret')
    await soon(() => String(current().find('lusha')?.secrets[0]?.key.export())).toBe('the-new-secret')
    expect(JSON.stringify(lines)).not.toContain('the-')
  })

  test('is read on SIGHUP', async () => {
    const { open, writeSources } = await folder([lusha])
    const { current } = await open()
    await writeSources([{ ...lusha, name: 'pdl' }])
    process.emit('SIGHUP')
    await soon(() => current().names).toEqual(['test', 'pdl'])
  })

  test('that cannot be used is refused and counted, and the sources before stay until it is mended', async () => {
    const { open, write, writeSources, change, lines, registry } = await folder([lusha])
    const { current, watched } = await open()
    const before = current()
    const added = { name: 'pdl', secrets: [{ file: 'pdl.secret' }] }
    await writeSources([lusha, added])
    await change('sources.json')
    await soon(() => lines.length).toBe(1)
    expect(lines[0]).toMatchObject({
      level: 'error',
      message:
        'the changed file is not valid: source "pdl": secrets[0].file names a file that does not exist; it is not used',
    })
    expect(current()).toBe(before)
    expect(await registry.metrics()).toContain('config_file_last_reload_successful{variable="SOURCES_FILE"} 0')

    expect(watched()).toContain('pdl.secret')
    await write('pdl.secret', 'the-secret-of-pdl')
    await change('pdl.secret')
    await soon(() => current().names).toContain('pdl')
    const metrics = await registry.metrics()
    expect(metrics).toContain('config_file_last_reload_successful{variable="SOURCES_FILE"} 1')
    expect(metrics).toContain('config_file_reloads_total{variable="SOURCES_FILE",outcome="refused"} 1')
    expect(metrics).toMatch(/config_file_last_reload_success_timestamp_seconds\{variable="SOURCES_FILE"\} \d/)
  })

  test('to secrets that have all ended is refused', async () => {
    const { open, writeSources, change, lines } = await folder([lusha])
    await open()
    await writeSources([{ ...lusha, secrets: [{ env: 'LUSHA_SECRET', notAfter: '2026-01-15T12:00:00Z' }] }])
    await change('sources.json')
    await soon(() => lines.length).toBe(1)
    expect(lines[0]?.message).toContain('source "lusha": no secret is valid now or later')
  })
})
