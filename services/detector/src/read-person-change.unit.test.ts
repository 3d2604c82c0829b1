import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { PersonChange } from '@buyer-group/shared/messages/messages.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { describe, expect, test } from 'vitest'
import { readPersonChange } from './read-person-change.ts'
import { readRefreshRequest } from './read-refresh-request.ts'
import { personChange } from './test-kit/messages.ts'

function problemOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof AppError) return `${error.code} ${error.fate}: ${error.message}`
    throw error
  }
  throw new Error('it was taken')
}

const event = nativeEvent()

describe('a person change', () => {
  test('keeps its payload whole, unknown fields and their order included', () => {
    const odd = { zebra: { deep: [1, null, 'x'] }, ...event, person: { ...event.person, alpha: true } }
    const message = readPersonChange(personChange(odd))
    expect(JSON.stringify(message.payload)).toBe(JSON.stringify(odd))
    expect(message.event.person.id).toBe('p1')
  })

  test('may have a company id with the prefix of its source', () => {
    expect(readPersonChange(personChange(event, { companyId: 'crm-acme' })).change.companyId).toBe('crm-acme')
  })

  test('may name neither its person nor a company, and then comes without a company id', () => {
    const thin = { ...event, person: { id: 'p1' }, company: null }
    expect(readPersonChange(personChange(thin)).event.company).toBeNull()
    expect(problemOf(() => readPersonChange(personChange(thin, { companyId: 'acme' })))).toContain('companyId')
  })

  test.each<[keyof PersonChange, unknown]>([
    ['eventId', 'other'],
    ['source', 'linkedin'],
    ['type', 'person.role_change'],
    ['personId', 'p2'],
    ['companyId', 'acme-2'],
    ['companyId', ''],
    ['companyId', 'a\0acme'],
    ['timestamp', 0],
    ['receivedAt', 8_640_000_000_000_001],
    ['receivedAt', -8_640_000_000_000_000],
    ['bodySha256', 'ABC'],
  ])('is refused where its %s is %j', (field, value) => {
    const problem = problemOf(() => readPersonChange(personChange(event, { [field]: value })))
    expect(problem).toMatch(/^invalid_message permanent: /)
    expect(problem).toContain(field)
  })

  test.each([
    ['is no JSON', '{'],
    ['is no JSON object', '[]'],
    ['is no JSON object', 'null'],
    ['is not valid', JSON.stringify({ ...event, type: 'company.renamed' })],
    ['must not be nested deeper', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['NUL', JSON.stringify({ ...event, 'a\0b': 1 })],
  ])('is refused where its payload %s', (words, payload) => {
    expect(problemOf(() => readPersonChange(personChange(event, { payload })))).toContain(words)
  })

  test('is refused where the database driver would take its payload for a type of its own', () => {
    for (const _bsontype of ['ObjectId', 'Long', 'made-up', 7]) {
      const payload = JSON.stringify({ ...event, note: [{ _bsontype }] })
      expect(problemOf(() => readPersonChange(personChange(event, { payload })))).toMatch(/BSON|_bsontype/)
    }
  })

  test('is refused in words that hold nothing of the payload', () => {
    const secret = { ...event, person: { ...event.person, name: '', email: 'pat@example.com' } }
    const problem = problemOf(() => readPersonChange(personChange(secret)))
    expect(problem).toContain('payload.person.name')
    expect(problem).not.toContain('pat@')
  })
})

describe('a refresh request', () => {
  const request = { requestId: 'r1', companyId: 'acme', companyName: null, requestedBy: 'api', requestedAt: 0 }

  test('is taken as it is', () => {
    expect(readRefreshRequest(request)).toEqual({ kind: 'request', request })
  })

  test.each([
    ['requestId', ''],
    ['companyId', ''],
    ['companyId', 'a\0'],
    ['requestedBy', 'x'.repeat(2_000)],
    ['requestedAt', 9e15],
  ])('is refused where its %s is impossible', (field, value) => {
    expect(problemOf(() => readRefreshRequest({ ...request, [field]: value }))).toContain(field)
  })
})
