import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SchemaType } from '@kafkajs/confluent-schema-registry'
import { expect, onTestFinished, test } from 'vitest'
import { createRegistry } from './create-registry.ts'
import { openDecoder } from './decoder.ts'
import { openEncoder } from './encoder.ts'
import { readSchema } from './schemas.ts'

const UNKNOWN = { code: 'unknown_schema', fate: 'permanent' }
const AWAY = { code: 'registry_unavailable', fate: 'unavailable' }
/** A value that names schema 7. */
const BYTES = Buffer.from([0, 0, 0, 0, 7, 0])

/** A registry's address where every call is answered with 404 and the next of these bodies, the last one for ever. */
async function answering404(...bodies: readonly string[]): Promise<{ url: string; asked: () => number }> {
  let asked = 0
  const server = createServer((_, response) => {
    const body = bodies[Math.min(asked, bodies.length - 1)]
    asked += 1
    response.writeHead(404, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked }
}

test('an id that the registry itself says it does not have can never be decoded', async () => {
  const { url } = await answering404('{"message":"Schema not found","error_code":40403}')
  await expect(openDecoder(createRegistry(url), 'person-change')(BYTES)).rejects.toMatchObject(UNKNOWN)
})

test.each([
  ['with nothing in it', ''],
  ['with a page in it', '<html>404</html>'],
  ['with other JSON in it', '{"message":"no Route matched with those values"}'],
  ['of the registry about a path that it does not have', '{"message":"HTTP 404 Not Found","error_code":404}'],
  ['about a subject', '{"message":"Subject not found","error_code":40401}'],
])('a 404 %s is no word about a schema: the message waits', async (_, body) => {
  const { url } = await answering404(body)
  await expect(openDecoder(createRegistry(url), 'person-change')(BYTES)).rejects.toMatchObject(AWAY)
})

test('a registry that went away while it was asked again is waited for', async () => {
  const { url } = await answering404('{"message":"Schema not found","error_code":40403}', '')
  await expect(openDecoder(createRegistry(url), 'person-change')(BYTES)).rejects.toMatchObject(AWAY)
})

test('an encoder asks for the setup only if the registry itself does not know the schema', async () => {
  const registered = await answering404('{"message":"Subject not found","error_code":40401}')
  const missing = openEncoder(createRegistry(registered.url), 'topic', 'person-change')
  await expect(missing).rejects.toMatchObject({ code: 'schema_not_registered', fate: 'permanent' })
  const gateway = await answering404('<html>404</html>')
  await expect(openEncoder(createRegistry(gateway.url), 'topic', 'person-change')).rejects.toMatchObject(AWAY)
})

test('nothing is registered where a gateway answers in the place of the registry', async () => {
  const { url, asked } = await answering404('<html>404</html>')
  const options = { subject: 'topic-value' }
  const schema = { type: SchemaType.AVRO, schema: readSchema('person-change') } as const
  await expect(createRegistry(url).register(schema, options)).rejects.toMatchObject(AWAY)
  expect(asked()).toBe(2)
})
