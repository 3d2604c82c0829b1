import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeRecord, type RecordToEncode } from './encode-record.ts'

// kafkajs's own, as it is before anybody replaces it.
const require = createRequire(import.meta.url)
const encodeAsKafkajs = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: RecordToEncode) => {
  readonly buffer: Buffer
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), bytes)
const nullable = fc.option(text, { nil: null })

test('a record is byte for byte what kafkajs makes of it', () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          offsetDelta: fc.nat(),
          timestampDelta: fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 45), max: 2 ** 45 })),
          key: nullable,
          value: nullable,
          headers: fc.dictionary(fc.string({ maxLength: 150 }), fc.oneof(text, fc.array(text, { maxLength: 3 }))),
        },
        { requiredKeys: ['key', 'value'] },
      ),
      (record) => {
        expect(encodeRecord(record).buffer).toEqual(encodeAsKafkajs(record).buffer)
      },
    ),
    { numRuns: 500 },
  )
})

test.each([0, 63, 64, 8_191, 8_192, 1_048_575, 1_048_576])('a value of %i bytes has the right lengths', (size) => {
  const record = { key: 'k', value: Buffer.alloc(size, 7), headers: { 'x-name': 'Grüße' } }
  expect(encodeRecord(record).buffer.equals(encodeAsKafkajs(record).buffer)).toBe(true)
})
