import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { PersonChange } from '../messages/messages.ts'
import { createRegistry } from './create-registry.ts'
import { openDecoder } from './decoder.ts'
import { openEncoder } from './encoder.ts'
import { registerSchema } from './register-schema.ts'
import { readSchema } from './schemas.ts'
import { sampleChange as change } from './test-kit/sample-change.ts'

const registry = createRegistry(process.env.SCHEMA_REGISTRY_URL ?? '')
let topic: string

beforeAll(async () => {
  topic = `test-${randomUUID()}`
  await registerSchema(registry, topic, readSchema('person-change'))
})

/** Our schema with some fields taken out and others put in. */
function evolved(drop: readonly string[], add: readonly object[]): string {
  const schema = JSON.parse(readSchema('person-change'))
  const kept = schema.fields.filter((field: { name: string }) => !drop.includes(field.name))
  return JSON.stringify({ ...schema, fields: [...kept, ...add] })
}

describe('a message on its way through the registry', () => {
  test('comes out as it went in, in Confluent wire format', async () => {
    const encode = await openEncoder(registry, topic, 'person-change')
    const bytes = encode(change)
    expect(bytes[0]).toBe(0)
    expect(await openDecoder(registry, 'person-change')(bytes)).toEqual(change)
    expect(await registry.decode(bytes)).toEqual(change)
  })

  test('is read by an older reader when its writer has a new field with a default', async () => {
    const extra = { name: 'note', type: 'string', default: '', doc: 'A later addition.' }
    const id = await registerSchema(registry, topic, evolved([], [extra]))
    const bytes = await registry.encode(id, { ...change, note: 'new' })
    expect(await openDecoder(registry, 'person-change')(bytes)).toEqual(change)
  })

  test('that does not fit the schema is refused before it is sent', async () => {
    const encode = await openEncoder(registry, topic, 'person-change')
    const broken = { ...change, eventId: 1 } as unknown as PersonChange
    expect(() => encode(broken)).toThrow(expect.objectContaining({ code: 'unencodable_message', fate: 'permanent' }))
  })
})

describe('a schema change', () => {
  test('that takes away a field without a default is refused', async () => {
    const refused = registerSchema(registry, topic, evolved(['payload'], []))
    await expect(refused).rejects.toMatchObject({ code: 'incompatible_schema', fate: 'permanent' })
  })

  test('that adds a field without a default is refused', async () => {
    const refused = registerSchema(registry, topic, evolved([], [{ name: 'must', type: 'string', doc: 'x' }]))
    await expect(refused).rejects.toMatchObject({ code: 'incompatible_schema' })
  })
})

describe('bytes that are no message', () => {
  const decode = openDecoder(registry, 'person-change')
  const withId = (id: number, rest: string) => {
    const bytes = Buffer.concat([Buffer.alloc(5), Buffer.from(rest)])
    bytes.writeUInt32BE(id, 1)
    return bytes
  }

  test.each([
    ['a tombstone', null],
    ['an empty value', Buffer.alloc(0)],
    ['plain JSON', Buffer.from('{"eventId":"evt_1"}')],
  ])('%s can never be decoded', async (_, bytes) => {
    await expect(decode(bytes)).rejects.toMatchObject({ code: 'undecodable_message', fate: 'permanent' })
  })

  test('a truncated value can never be decoded', async () => {
    const bytes = (await openEncoder(registry, topic, 'person-change'))(change)
    await expect(decode(bytes.subarray(0, 20))).rejects.toMatchObject({ code: 'undecodable_message' })
  })

  test('an id that the registry does not have can never be decoded', async () => {
    await expect(decode(withId(2_000_000_000, 'x'))).rejects.toMatchObject({
      code: 'unknown_schema',
      fate: 'permanent',
    })
  })

  test('a registry that is away is no fault of the message', async () => {
    const away = openDecoder(createRegistry('http://127.0.0.1:9'), 'person-change')
    await expect(away(withId(1, 'x'))).rejects.toMatchObject({ code: 'registry_unavailable', fate: 'unavailable' })
  })
})

test('an encoder for a schema that nobody registered says what to run', async () => {
  const missing = openEncoder(registry, `test-${randomUUID()}`, 'person-change')
  await expect(missing).rejects.toMatchObject({ code: 'schema_not_registered', message: /npm run setup/ })
})
