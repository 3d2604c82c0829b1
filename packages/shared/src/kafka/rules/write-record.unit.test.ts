import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteWriter } from './byte-writer.ts'
import { type RecordToWrite, writeRecord } from './write-record.ts'

const require = createRequire(import.meta.url)
const encodeAsKafkajs = require('kafkajs/src/protocol/recordBatch/record/v0') as (
  record: RecordToWrite & { offsetDelta: number },
) => { readonly buffer: Buffer }

/** Behind other bytes, as in a batch. */
function written(record: RecordToWrite, offsetDelta: number, expectedSize = 0): Buffer {
  const writer = new ByteWriter(expectedSize)
  writer.int32(7)
  const start = writer.position
  writeRecord(writer, record, offsetDelta)
  return writer.since(start)
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const text = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }), bytes)
const nullable = fc.option(text, { nil: null })

test('a record is byte for byte what kafkajs makes of it', () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          key: nullable,
          value: nullable,
          headers: fc.dictionary(fc.string({ maxLength: 150 }), fc.oneof(text, fc.array(text, { maxLength: 70 })), {
            maxKeys: 80,
          }),
        },
        { requiredKeys: ['value'] },
      ),
      fc.nat(),
      fc.nat({ max: 10_000 }),
      (record, offsetDelta, expectedSize) => {
        const theirs = encodeAsKafkajs({ ...record, offsetDelta }).buffer
        expect(written(record, offsetDelta, expectedSize).equals(theirs)).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})

test.each([0, 40, 63, 64, 8_191, 8_192, 1_048_575, 1_048_576])('a value of %i bytes has the right lengths', (size) => {
  for (const headers of [{}, { 'x-name': 'Grüße' }]) {
    const record = { key: 'k', value: Buffer.alloc(size, 7), headers }
    expect(written(record, 0).equals(encodeAsKafkajs({ ...record, offsetDelta: 0 }).buffer)).toBe(true)
  }
})

test.each([62, 63, 64, 65])('a text of %i units has the right lengths', (units) => {
  for (const value of ['a'.repeat(units), 'ä'.repeat(units), `${'a'.repeat(units - 1)}€`, '\ud800'.repeat(units)]) {
    const record = { key: value, value, headers: { [value]: value } }
    expect(written(record, 0).equals(encodeAsKafkajs({ ...record, offsetDelta: 0 }).buffer)).toBe(true)
  }
})

test.each([
  ['many headers', { key: 'k', value: 'v', headers: { name: Array.from({ length: 70 }, () => 'of many') } }],
  ['a long value', { key: 'k', value: Buffer.alloc(8_190, 7) }],
])('a record with %s is the same however much room was expected', (_, record) => {
  const theirs = encodeAsKafkajs({ ...record, offsetDelta: 0 }).buffer
  for (let expected = theirs.length - 12; expected < theirs.length + 12; expected += 1) {
    expect(written(record, 0, expected).equals(theirs)).toBe(true)
  }
})
