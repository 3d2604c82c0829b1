import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'

// kafkajs's own, as it is before anybody replaces it.
const require = createRequire(import.meta.url)
const crc32cOfKafkajs = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number

const range = (from: number, step: number) => Uint8Array.from({ length: 32 }, (_, index) => from + step * index)

test.each([
  ['nothing', new Uint8Array(), 0],
  ['the digits 1 to 9', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 rising bytes', range(0, 1), 0x46dd794e],
  ['32 falling bytes', range(31, -1), 0x113fdb5c],
])('the checksum of %s is the published one (RFC 3720, appendix B.4)', (_, bytes, checksum) => {
  expect(crc32c(bytes)).toBe(checksum)
})

test('the checksum of any bytes is what kafkajs makes of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      expect(crc32c(bytes)).toBe(crc32cOfKafkajs(Buffer.from(bytes)))
    }),
  )
})
