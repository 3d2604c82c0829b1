import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { murmur2 } from './murmur2.ts'

const require = createRequire(import.meta.url)
const murmur2OfKafkajs = require('kafkajs/src/producer/partitioners/default/murmur2') as (key: Buffer) => number

// From `UtilsTest.testMurmur2` of Kafka's Java client.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('the hash of %s is the one of the Java client', (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash)
})

test('the hash of any bytes is what kafkajs makes of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(murmur2(bytes)).toBe(murmur2OfKafkajs(Buffer.from(bytes)))
    }),
    { numRuns: 2_000 },
  )
})
