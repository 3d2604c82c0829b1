import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { readSchema } from '@buyer-group/shared/avro/schemas.ts'
import { isStorableTime } from '@buyer-group/shared/messages/is-storable-time.ts'
import { nativeEventSchema, reportedEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import { placementsOf } from '@buyer-group/shared/messages/placements.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import fc from 'fast-check'
import { BSON } from 'mongodb'
import { describe, expect, test } from 'vitest'
import { createToMessages } from '../publishing/to-messages.ts'
import { toPersonChange } from './to-person-change.ts'
import { validateNativeEvent } from './validate-native-event.ts'

const NOW = Date.UTC(2026, 0, 15, 12)

/** Stands in every hostile text, so that an issue that quotes one is seen. */
const CANARY = 'canary'

const schema = readSchema('person-change')
const encodePersonChange = await openEncoder({ getRegistryIdBySchema: async () => 1 }, 'topic', 'person-change')
const decode = openDecoder({ getSchema: async () => JSON.parse(schema) }, 'person-change')
const { personChange } = createToMessages({
  topics: { name: () => 'topic' },
  encodePersonChange,
  encodeRefreshRequest: () => Buffer.alloc(0),
})

const FIELDS = [
  'id', 'source', 'type', 'timestamp', 'person', 'person.id', 'person.name', 'person.email', 'person.newTitle',
  'company', 'company.id', 'company.name', 'changes', 'changes.title', 'changes.title.new', 'changes.company',
  'changes.company.old', 'changes.company.new', 'changes.company.new.id', 'note', 'person.note',
] // biome-ignore format: a list to be read at a glance

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'toBSON',
  'then',
  'length',
  'valueOf',
  '_bsontype',
  '$where',
  'a.b',
  '',
  '0',
  '\0',
]

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.stringMatching(/^person\.[a-z\u200b\u202e:]{1,20}$/),
)

/** RFC 3339 and what is nearly that, mostly at the ends of its units. */
const time = fc
  .tuple(
    fc.constantFrom('0000', '0001', '2026', '9999', '10000'),
    fc.constantFrom(0, 1, 2, 12, 13),
    fc.constantFrom(0, 1, 29, 31, 32),
    fc.constantFrom(0, 9, 23, 24),
    fc.constantFrom('Z', '+00:00', '-23:59', '+14:00', '+23:59', '+24:00', 'z', ''),
  )
  .map(([year, month, day, hour, zone]) => `${year}-${two(month)}-${two(day)}T${two(hour)}:30:00.5${zone}`)

const two = (number: number) => String(number).padStart(2, '0')

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ stringUnit: 'binary' }),
  text,
  text.map((some) => some + CANARY),
  time,
  fc.constantFrom(null, true, -0, 2 ** 53 + 1, Number.POSITIVE_INFINITY, [], {}, [[[]]]),
  fc.dictionary(fc.constantFrom(...KEYS), fc.jsonValue({ maxDepth: 1 })),
  fc.record({ id: text, name: text }),
  fc.integer({ min: 20, max: 40 }).map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))),
)

/** A valid event in which some fields are replaced or added, as JSON.parse gives it. */
const hostileEvent = fc
  .array(fc.tuple(fc.constantFrom(...FIELDS), value), { minLength: 1, maxLength: 3 })
  .map((changes) =>
    changes.reduce<unknown>(
      (event, [path, changed]) => withField(event, path.split('.'), changed),
      nativeEvent({ id: 'evt_1' }),
    ),
  )

function withField(target: unknown, [field = '', ...rest]: readonly string[], changed: unknown): unknown {
  const object: Record<string, unknown> = typeof target === 'object' && target !== null ? { ...target } : {}
  object[field] = rest.length === 0 ? changed : withField(object[field], rest, changed)
  return object
}

const issuesOf = (event: unknown) => {
  const validated = validateNativeEvent(event, NOW)
  return validated.ok ? [] : validated.issues
}

describe('an event with hostile fields', () => {
  test('is judged without throwing, and no issue quotes a value of it', () => {
    fc.assert(
      fc.property(hostileEvent, (event) => {
        expect(JSON.stringify(issuesOf(event))).not.toContain(CANARY)
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([nativeEventSchema, reportedEventSchema])(
    'is judged alike by a compiled schema and by the usual parser',
    (compiled) => {
      // What is derived from a compiled schema is not compiled.
      const usual = compiled.describe('')
      fc.assert(
        fc.property(hostileEvent, (event) => {
          const expected = usual.safeParse(event)
          const judged = compiled.safeParse(event)
          expect(judged.data).toStrictEqual(expected.data)
          expect(judged.error?.issues).toEqual(expected.error?.issues)
        }),
        { numRuns: 1_500 },
      )
    },
  )

  test('is, where it is taken, what Kafka, the detector and MongoDB take', async () => {
    let taken = 0
    await fc.assert(
      fc.asyncProperty(hostileEvent, async (event) => {
        const validated = validateNativeEvent(event, NOW)
        if (!validated.ok) return
        taken += 1
        const payload = JSON.stringify(event)
        const change = toPersonChange({
          event: validated.event,
          payload,
          bodySha256: '',
          companyIdPrefix: 'li:',
          receivedAt: NOW,
        })

        const { value, headers } = personChange(change, 'trace')
        // A lone surrogate of a name has no UTF-8: as everywhere, it is replaced.
        expect(await decode(value)).toEqual({ ...change, companyName: change.companyName.toWellFormed() })
        for (const header of Object.values(headers)) expect(String(header).isWellFormed()).toBe(true)

        const read = nativeEventSchema.parse(JSON.parse(change.payload))
        expect(isStorableTime(change.timestamp)).toBe(true)
        expect(read).toMatchObject({ id: change.eventId, source: change.source, type: change.type })
        expect(change.companyId).toBe(`li:${read.company.id}`)
        for (const { companyId } of placementsOf(read, change.companyId)) expect(companyId).toMatch(/^li:[^\0]+$/s)

        const stored = BSON.deserialize(BSON.serialize({ payload: JSON.parse(change.payload) }))
        expect(stored.payload.person.id).toBe(change.personId)
      }),
      { numRuns: 1_500 },
    )
    expect(taken).toBeGreaterThan(100)
  })

  test('has a time that can be stored where its timestamp is taken', () => {
    let taken = 0
    fc.assert(
      fc.property(time, (timestamp) => {
        if (issuesOf(nativeEvent({ timestamp })).length > 0) return
        taken += 1
        expect(isStorableTime(Date.parse(timestamp))).toBe(true)
      }),
      { numRuns: 3_000 },
    )
    expect(taken).toBeGreaterThan(100)
  })

  test('changes no object but itself', () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    fc.assert(
      fc.property(fc.constantFrom(...FIELDS), fc.constantFrom(...KEYS), (path, key) => {
        const injected = JSON.parse(`{${JSON.stringify(key)}:{"polluted":1}}`)
        issuesOf(withField(nativeEvent(), path.split('.'), injected))
        expect(({} as Record<string, unknown>).polluted).toBeUndefined()
      }),
    )
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  })
})
