import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createLogger } from '../logging/create-logger.ts'
import { createGuard } from '../resilience/guard.ts'
import { createGuardMetrics } from '../resilience/guard-metrics.ts'
import { PART_LIMITS } from '../resilience/limits.ts'
import { openDecoder } from './decoder.ts'
import { guardRegistry, type SchemaLookups } from './guard-registry.ts'

/** A value that names schema 1, which no decoder has seen before. */
const BYTES = Buffer.from([0, 0, 0, 0, 1, 0])

function decoderOver(fail: () => Error) {
  let asked = 0
  const lookup = async () => {
    asked += 1
    throw fail()
  }
  const registry = { getSchema: lookup, getRegistryIdBySchema: lookup } as SchemaLookups
  const metrics = createGuardMetrics(new Registry())
  const guard = createGuard({ part: 'registry', ...PART_LIMITS, metrics, logger: createLogger('test', 'silent') })
  const decode = openDecoder(guardRegistry(registry, guard), 'person-change')
  return { decode: () => decode(BYTES), asked: () => asked, check: () => guard.check() }
}

test('a registry that is away is left alone after three lookups, and messages wait for it', async () => {
  const { decode, asked, check } = decoderOver(() => new Error('the socket hung up'))
  const waits = { code: 'registry_unavailable', fate: 'unavailable' }
  for (let message = 0; message < 5; message += 1) await expect(decode()).rejects.toMatchObject(waits)
  expect(asked()).toBe(3)
  expect(await check()).toMatchObject({ ok: false })
})

test('a schema that the registry does not have is a dead letter, and no reason to leave the registry alone', async () => {
  const { decode, asked } = decoderOver(() => Object.assign(new Error('not found'), { status: 404, errorCode: 40_403 }))
  const impossible = { code: 'unknown_schema', fate: 'permanent' }
  for (let message = 0; message < 5; message += 1) await expect(decode()).rejects.toMatchObject(impossible)
  expect(asked()).toBe(5)
})
