import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, readConfig } from '@buyer-group/shared/config/read-config.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { Registry } from 'prom-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openPeopleSource } from './open-people-source.ts'
import { json, startLocalProvider } from './test-kit/local-provider.ts'
import { MAPPING, TEST_SCHEMA } from './test-kit/test-source.ts'

const fileWith = (text: string) => {
  const directory = mkdtempSync(join(tmpdir(), 'people-source-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'file')
  writeFileSync(file, text)
  return file
}

const open = (env: Readonly<Record<string, string>>) => {
  const source = openPeopleSource({
    config: readConfig(TEST_SCHEMA, env),
    guard: { run: (call) => call(new AbortController().signal) },
    registry: new Registry(),
    logger: createLogger('test', 'silent'),
  })
  onTestFinished(() => source?.close())
  return source
}

/** The sentence that a bad configuration is told with. */
const problemOf = (env: Readonly<Record<string, string>>) => {
  try {
    open(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'none'
}

const http = (more: Readonly<Record<string, string>> = {}) => ({
  PEOPLE_SOURCE: 'http',
  PEOPLE_SOURCE_URL: 'https://api.example.com',
  PEOPLE_SOURCE_MAPPING: fileWith(JSON.stringify(MAPPING)),
  ...more,
})

describe('the people source', () => {
  test('is the local directory alone unless told otherwise', () => {
    expect(open({})).toBeNull()
  })

  test('is the provider that the mapping names', () => {
    expect(open(http())).toMatchObject({ name: 'crm' })
  })

  test('sends the token of the file, without what an editor put behind it', async () => {
    const provider = await startLocalProvider()
    provider.answer(json({ people: [] }))
    const source = open(http({ PEOPLE_SOURCE_URL: provider.url, PEOPLE_SOURCE_TOKEN_FILE: fileWith('tok-en\n') }))
    const company = { companyId: 'acme', companyName: null }
    await source?.findPeople(company, { signal: new AbortController().signal, idempotencyKey: 'key' })
    expect(provider.asked[0]?.headers.authorization).toBe('Bearer tok-en')
  })

  test.each<[string, () => Record<string, string>]>([
    ['PEOPLE_SOURCE is not valid', () => ({ PEOPLE_SOURCE: 'ldap' })],
    ['PEOPLE_SOURCE_URL is required but not set. It is the base URL', () => ({ ...http(), PEOPLE_SOURCE_URL: '' })],
    ['PEOPLE_SOURCE_MAPPING is required but not set', () => ({ ...http(), PEOPLE_SOURCE_MAPPING: '' })],
    ['PEOPLE_SOURCE_URL is not valid: expected https://', () => http({ PEOPLE_SOURCE_URL: 'http://api.example.com' })],
    ['PEOPLE_SOURCE_TOKEN is not valid: expected visible ASCII', () => http({ PEOPLE_SOURCE_TOKEN: 'a\nb' })],
    [
      'PEOPLE_SOURCE_TOKEN_FILE is not valid: PEOPLE_SOURCE_TOKEN is set too',
      () => http({ PEOPLE_SOURCE_TOKEN: 'a', PEOPLE_SOURCE_TOKEN_FILE: 'b' }),
    ],
    ['cannot be read (ENOENT)', () => http({ PEOPLE_SOURCE_TOKEN_FILE: '/does/not/exist' })],
    ['expected one line of visible ASCII', () => http({ PEOPLE_SOURCE_TOKEN_FILE: fileWith('tok en') })],
    ['cannot be read (ENOENT)', () => http({ PEOPLE_SOURCE_MAPPING: '/does/not/exist' })],
    ['it is no JSON', () => http({ PEOPLE_SOURCE_MAPPING: fileWith('source: crm') })],
    [
      'source: expected',
      () => http({ PEOPLE_SOURCE_MAPPING: fileWith(JSON.stringify({ ...MAPPING, source: 'a:b' })) }),
    ],
    [
      'PEOPLE_SOURCE_DEADLINE is not valid: expected more than PEOPLE_SOURCE_TIMEOUT',
      () => http({ PEOPLE_SOURCE_DEADLINE: '10s', PEOPLE_SOURCE_TIMEOUT: '10s' }),
    ],
    [
      'PEOPLE_SOURCE_DEADLINE is not valid: expected less than SHUTDOWN_TIMEOUT',
      () => http({ PEOPLE_SOURCE_DEADLINE: '20s', SHUTDOWN_TIMEOUT: '20s' }),
    ],
    ['PEOPLE_SOURCE_MAX_PEOPLE is not valid', () => http({ PEOPLE_SOURCE_MAX_PEOPLE: '15000' })],
    ['PEOPLE_SOURCE_TIMEOUT is not valid: expected more than nothing', () => http({ PEOPLE_SOURCE_TIMEOUT: '0s' })],
  ])('that is configured wrongly is one clear sentence: %s', (words, env) => {
    const message = problemOf(env())
    expect(message).toContain(words)
    expect(message).not.toContain('tok en')
  })
})
