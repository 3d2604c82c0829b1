import { sourcedPersonSchema } from '@buyer-group/rules/folding/sourced-person.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mappingSchema } from './mapping.ts'
import { toSourcedPerson } from './to-sourced-person.ts'

const NOW = new Date('2026-01-15T00:00:00.000Z')

const mappingOf = (fields: object) =>
  mappingSchema.parse({
    source: 'crm',
    request: { path: '/{companyId}' },
    list: '',
    fields: { id: 'id', name: 'name', ...fields },
  })

const read = (row: object, fields: object = {}) =>
  toSourcedPerson({ id: 1, name: 'Ada', ...row }, mappingOf(fields), NOW)

describe('a row', () => {
  test.each([
    ['a constant', false, {}, false],
    ['a place that is true', 'on', { on: true }, true],
    ['one of some values', { path: 'status', equals: ['current', 1] }, { status: 1 }, true],
    ['none of some values', { path: 'status', equals: ['current', 1] }, { status: '1' }, false],
    ['a missing value that counts', { path: 'status', equals: [null] }, {}, true],
    ['an end that is not there', { path: 'ended', empty: true }, {}, true],
    ['an end that is blank', { path: 'ended', empty: true }, { ended: ' ' }, true],
    ['an end', { path: 'ended', empty: true }, { ended: '2025-12-31' }, false],
  ])('says whether the person is there by %s', (_how, active, row, expected) => {
    expect(read(row, { active })).toMatchObject({ ok: true, person: { active: expected } })
  })

  test.each([
    ['UTC text', 'at', '2026-01-10T08:00:00Z'],
    ['text with an offset and a fraction', 'at', '2026-01-10T10:00:00.000000+02:00'],
    ['text in lower case with a space', 'at', '2026-01-10 08:00:00z'],
    ['seconds', { path: 'at', unit: 'seconds' }, 1_768_032_000],
    ['milliseconds', { path: 'at', unit: 'milliseconds' }, 1_768_032_000_000],
  ])('is dated by %s', (_how, updatedAt, at) => {
    expect(read({ at }, { updatedAt })).toMatchObject({ person: { updatedAt: '2026-01-10T08:00:00.000Z' } })
  })

  test('without a time has none', () => {
    for (const at of [undefined, null, '']) {
      expect(read({ at }, { updatedAt: 'at' })).toMatchObject({ ok: true, person: { updatedAt: null } })
    }
  })

  test.each([
    ['updatedAt is no RFC 3339 time with an offset', { at: '2026-01-10' }, { updatedAt: 'at' }],
    ['updatedAt is no RFC 3339 time with an offset', { at: '2026-01-10T08:00:00' }, { updatedAt: 'at' }],
    ['updatedAt is no RFC 3339 time with an offset', { at: '2026-13-10T08:00:00Z' }, { updatedAt: 'at' }],
    ['updatedAt lies more than a day ahead', { at: '2026-01-16T00:00:00.001Z' }, { updatedAt: 'at' }],
    ['updatedAt lies more than a day ahead', { at: 1e10 }, { updatedAt: { path: 'at', unit: 'seconds' } }],
    ['updatedAt is no number since the epoch', { at: '1768032000' }, { updatedAt: { path: 'at', unit: 'seconds' } }],
    ['sourceId is empty', { id: ' ' }, {}],
    ['id is no text', { id: 1.5 }, {}],
    ['sourceId is no source:id without control characters', { id: 'a\u0000b' }, {}],
    ['sourceId is longer than 256 characters', { id: 'x'.repeat(253) }, {}],
    ['name is empty', { name: null }, {}],
    ['name holds broken surrogate pairs', { name: '\ud800' }, {}],
    ['title is longer than 2000 characters', { title: 'x'.repeat(2_001) }, { title: 'title' }],
    ['email is no text', { email: { value: 'a@example.com' } }, { email: 'email' }],
    ['active is neither true nor false', { on: 'yes' }, { active: 'on' }],
  ])('that is wrong says why: %s', (reason, row, fields) => {
    expect(read(row, fields)).toEqual({ ok: false, reason })
  })

  test('of whatever a provider may send is either a valid person or refused, and never breaks the call', () => {
    const mapping = mappingOf({
      name: ['name', 'a'],
      email: '',
      title: 'a.b',
      active: { path: 'c', equals: ['x'] },
      updatedAt: { path: 'd', unit: 'seconds' },
    })
    const keys = fc.constantFrom('id', 'name', 'a', 'c', 'd', '__proto__')
    const anything = fc.oneof(
      fc.anything(),
      fc.dictionary(keys, fc.anything()),
      fc.dictionary(keys, fc.oneof(fc.string(), fc.double())),
    )
    fc.assert(
      fc.property(anything, (row) => {
        const result = toSourcedPerson(row, mapping, NOW)
        if (result.ok) expect(sourcedPersonSchema.parse(result.person)).toEqual(result.person)
        else expect(result.reason).toMatch(/^(sourceId|id|name|email|title|updatedAt) /)
      }),
      { numRuns: 1_000 },
    )
  })
})
