import avro from 'avsc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PersonChange } from '../messages/messages.ts'
import { openEncoder } from './encoder.ts'
import { readSchema } from './schemas.ts'
import { sampleChange } from './test-kit/sample-change.ts'

const ID = 0x01020304
const encode = await openEncoder({ getRegistryIdBySchema: async () => ID }, 'topic', 'person-change')
const type = avro.Type.forSchema(JSON.parse(readSchema('person-change')))

const changeWith = (payload: string): PersonChange => ({ ...sampleChange, payload })

const inWireFormat = (change: PersonChange) => Buffer.concat([Buffer.from([0, 1, 2, 3, 4]), type.toBuffer(change)])

describe('a message in Confluent wire format', () => {
  test('is the header and what Avro makes of it, however long it is', () => {
    const length = fc.oneof(fc.nat(1_000), fc.integer({ min: 16_000, max: 16_500 }), fc.nat(300_000))
    fc.assert(
      fc.property(length, fc.constantFrom('x', 'é', '\u{1f600}', '\ud800'), (bytes, character) => {
        const change = changeWith(character.repeat(bytes / Buffer.byteLength(character)))
        expect(encode(change).equals(inWireFormat(change))).toBe(true)
      }),
    )
  })

  test('stays as it is when others are encoded, also one that fails', () => {
    const first = encode(changeWith('first'))
    const second = encode(changeWith('second'))
    expect(() => encode({ ...changeWith('third'), bodySha256: 1 } as unknown as PersonChange)).toThrow(
      expect.objectContaining({ code: 'unencodable_message' }),
    )
    expect(first).toEqual(inWireFormat(changeWith('first')))
    expect(second).toEqual(inWireFormat(changeWith('second')))
    expect(encode(changeWith('fourth'))).toEqual(inWireFormat(changeWith('fourth')))
  })
})
