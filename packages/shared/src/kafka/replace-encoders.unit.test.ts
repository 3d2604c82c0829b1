import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { replaceEncoders } from './replace-encoders.ts'

const require = createRequire(import.meta.url)

interface RequestEncoder {
  encode(): Promise<{ readonly buffer: Buffer }>
}

/** A produce request of kafkajs with all its parts, of which a broker checks lengths and checksum. */
const encodeRequest = async (): Promise<Buffer> => {
  const produce = require('kafkajs/src/protocol/requests/produce/v3/request') as (request: object) => RequestEncoder
  const messages = [1, 2, 3].map((number) => ({
    key: `company-${number}`,
    value: Buffer.alloc(number * 500, number),
    timestamp: 1_700_000_000_000 + number,
    headers: { ce_id: `test:${number}`, ce_type: 'person.promotion' },
  }))
  const topicData = [{ topic: 't', partitions: [{ partition: 0, firstSequence: 0, messages }] }]
  return (await produce({ acks: -1, timeout: 1_000, topicData }).encode()).buffer
}

test('a request is byte for byte the same with our encoders as with those of kafkajs', async () => {
  const before = await encodeRequest()
  const loaded = Object.keys(require.cache).filter((path) => path.includes('/kafkajs/src/protocol/'))
  for (const path of loaded) delete require.cache[path]
  replaceEncoders()
  let encoded = 0
  const record = require.cache[require.resolve('kafkajs/src/protocol/recordBatch/record/v0')]
  const own = record?.exports as (record: unknown) => unknown
  if (record !== undefined) {
    record.exports = (one: unknown) => {
      encoded += 1
      return own(one)
    }
  }
  const after = await encodeRequest()
  expect(after.equals(before)).toBe(true)
  expect(encoded).toBe(3)
})
