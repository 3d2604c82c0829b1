import { ConfigError, readConfig } from '@buyer-group/shared/config/read-config.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { describe, expect, test } from 'vitest'
import { ingestConfigSchema } from '../config.ts'
import { openSources } from './open-sources.ts'
import { readSources, secretVariable } from './read-sources.ts'

const NEEDED = {
  KAFKA_BROKERS: 'localhost:9092',
  MONGODB_URI: 'mongodb://localhost',
  SCHEMA_REGISTRY_URL: 'http://localhost:8081',
}

const read = (env: Record<string, string>) => readSources(readConfig(ingestConfigSchema, { ...NEEDED, ...env }), env)

const message = async (env: Record<string, string>): Promise<string> => {
  try {
    const config = readConfig(ingestConfigSchema, { ...NEEDED, ...env })
    await openSources(config, { env, now: () => 0, logger: createLogger('test', 'fatal') })
  } catch (error) {
    if (error instanceof ConfigError) return error.message
  }
  return 'no ConfigError'
}

describe('the configured sources', () => {
  test('are coresignal, linkedin and test unless told, all under WEBHOOK_SECRET', () => {
    const { definitions, commonSecrets } = read({ WEBHOOK_SECRET: 'common-secret' })
    expect(definitions.map(({ name }) => name)).toEqual(['coresignal', 'linkedin', 'test'])
    expect(definitions.every(({ ownSecrets }) => ownSecrets.length === 0)).toBe(true)
    expect(commonSecrets).toEqual(['common-secret'])
  })

  test('may have secrets of their own, several at once', () => {
    const env = { WEBHOOK_SECRET: 'common-1, common-2', WEBHOOK_SECRET_LINKEDIN: 'linkedin-1,linkedin-2' }
    const { definitions, commonSecrets } = read(env)
    expect(commonSecrets).toEqual(['common-1', 'common-2'])
    expect(definitions.find(({ name }) => name === 'linkedin')?.ownSecrets).toEqual(['linkedin-1', 'linkedin-2'])
  })

  test('need no WEBHOOK_SECRET where each has its own', () => {
    const env = { WEBHOOK_SOURCES: 'a,b', WEBHOOK_SECRET_A: 'secret-of-a', WEBHOOK_SECRET_B: 'secret-of-b' }
    expect(read(env).commonSecrets).toEqual([])
  })

  test('are those with a secret where a file names others and nothing names these', () => {
    const env = { SOURCES_FILE: 'sources.json', WEBHOOK_SECRET_LINKEDIN: 'linkedin-1' }
    expect(read(env).definitions.map(({ name }) => name)).toEqual(['linkedin'])
    expect(read({ ...env, WEBHOOK_SOURCES: 'a,b' }).definitions.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test('have their company id prefix', () => {
    const env = { WEBHOOK_SECRET: 'common-secret', COMPANY_ID_PREFIXES: 'linkedin=li:,test=t=' }
    expect(read(env).definitions.map(({ companyIdPrefix }) => companyIdPrefix)).toEqual(['', 'li:', 't='])
  })

  test('get the variable of their name in capitals', () => {
    expect(secretVariable('people-data.labs')).toBe('WEBHOOK_SECRET_PEOPLE_DATA_LABS')
  })

  test.each([
    [{}, /^WEBHOOK_SECRET is required but not set: .*"coresignal"/],
    [{ WEBHOOK_SECRET: '' }, /^WEBHOOK_SECRET is required/],
    [{ WEBHOOK_SECRET: ' , ' }, /^WEBHOOK_SECRET is required/],
    [{ WEBHOOK_SECRET: 'short' }, /^WEBHOOK_SECRET is not valid: .*at least 8/],
    [{ WEBHOOK_SECRET: 'long-enough,short' }, /^WEBHOOK_SECRET is not valid/],
    [{ WEBHOOK_SOURCES: 'a', WEBHOOK_SECRET_A: 'short' }, /^WEBHOOK_SECRET_A is not valid/],
    [
      { WEBHOOK_SECRET: 'common-secret', WEBHOOK_SECRET_LINKEDN: 'linkedin-1' },
      /^WEBHOOK_SECRET_LINKEDN belongs to no/,
    ],
    [{ WEBHOOK_SECRET: 'common-secret', WEBHOOK_SOURCES: 'a:b' }, /^WEBHOOK_SOURCES is not valid/],
    [{ WEBHOOK_SECRET: 'common-secret', WEBHOOK_SOURCES: 'person-change' }, /^WEBHOOK_SOURCES is not valid/],
    [{ WEBHOOK_SECRET: 'common-secret', WEBHOOK_SOURCES: 'a,a' }, /names "a" twice/],
    [{ WEBHOOK_SECRET: 'common-secret', WEBHOOK_SOURCES: 'a-b,a_b' }, /share the variable WEBHOOK_SECRET_A_B/],
    [{ WEBHOOK_SECRET: 'common-secret', COMPANY_ID_PREFIXES: 'linkedin' }, /^COMPANY_ID_PREFIXES is not valid/],
    [{ WEBHOOK_SECRET: 'common-secret', COMPANY_ID_PREFIXES: 'nobody=n:' }, /"nobody" is no source/],
  ])('are refused in one sentence that names the variable: %j', async (env, expected) => {
    expect(await message(env as unknown as Record<string, string>)).toMatch(expected)
  })

  test('a refusal does not print the secret', async () => {
    expect(await message({ WEBHOOK_SECRET: 's3cr3t' })).not.toContain('s3cr3t')
  })
})
