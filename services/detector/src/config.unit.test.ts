import { readConfig } from '@buyer-group/shared/config/read-config.ts'
import { expect, test } from 'vitest'
import { detectorConfigSchema } from './config.ts'

const required = {
  KAFKA_BROKERS: 'localhost:9092',
  MONGODB_URI: 'mongodb://localhost',
  SCHEMA_REGISTRY_URL: 'http://localhost:8081',
}

test('only the addresses are required', () => {
  expect(readConfig(detectorConfigSchema, required)).toMatchObject({
    ADMIN_PORT: 9465,
    REFRESH_WINDOW: 3_600_000,
    SWEEP_INTERVAL: 500,
    MAX_BATCH: 1_000,
  })
})

test('types and a policy file together are refused, naming both', () => {
  const both = { ...required, SIGNIFICANT_TYPES: 'person.promotion', SIGNIFICANCE_POLICY: 'policy.json' }
  expect(() => readConfig(detectorConfigSchema, both)).toThrow(/^SIGNIFICANT_TYPES .*SIGNIFICANCE_POLICY/)
  expect(readConfig(detectorConfigSchema, { ...both, SIGNIFICANT_TYPES: '' }).SIGNIFICANCE_POLICY).toBe('policy.json')
  expect(readConfig(detectorConfigSchema, { ...both, SIGNIFICANCE_POLICY: '' }).SIGNIFICANT_TYPES).toEqual([
    'person.promotion',
  ])
})

test.each([
  ['REFRESH_WINDOW', '0s'],
  ['REFRESH_WINDOW', 'an hour'],
  ['REFRESH_WINDOW', '25d'],
  ['REFRESH_MAX_AGE', '0d'],
  ['REFRESH_MAX_AGE', '40000d'],
  ['SWEEP_INTERVAL', '0ms'],
  ['MAX_BATCH', '0'],
  ['SIGNIFICANT_TYPES', ' , '],
])('a bad %s (%j) is named', (name, value) => {
  expect(() => readConfig(detectorConfigSchema, { ...required, [name]: value })).toThrow(name)
})

test('scheduled refreshes are off unless asked for, and their age may exceed that of any timer', () => {
  expect(readConfig(detectorConfigSchema, required).REFRESH_MAX_AGE).toBeUndefined()
  const config = readConfig(detectorConfigSchema, { ...required, REFRESH_MAX_AGE: '90d' })
  expect(config.REFRESH_MAX_AGE).toBe(90 * 86_400_000)
})
