import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { namedSource, validateNativeEvent } from './validate-native-event.ts'

const NOW = Date.UTC(2026, 0, 15, 12)

const issuesOf = (value: unknown) => {
  const result = validateNativeEvent(value, NOW)
  return result.ok ? [] : result.issues
}

const paths = (value: unknown) => issuesOf(value).map(({ path }) => path.join('.'))

describe('a valid native event', () => {
  test('keeps unknown extra fields at every level', () => {
    const event = { ...nativeEvent(), extra: 1, person: { id: 'p1', name: 'Pat', party: 'none' } }
    const result = validateNativeEvent(event, NOW)
    expect(result.ok && result.event).toMatchObject({ extra: 1, person: { party: 'none' } })
  })

  test('may be up to 24 hours ahead', () => {
    const ahead = (ms: number) => nativeEvent({ timestamp: new Date(NOW + ms).toISOString() })
    expect(paths(ahead(24 * 3_600_000))).toEqual([])
    expect(paths(ahead(24 * 3_600_000 + 1))).toEqual(['timestamp'])
  })
})

describe('an invalid event', () => {
  test('has every issue named with its path', () => {
    const { id: _id, ...event } = nativeEvent({ type: 'company.sold' })
    expect(paths({ ...event, person: { id: '', name: 5 }, changes: { title: 3 } }).sort()).toEqual([
      'changes.title',
      'id',
      'person.id',
      'person.name',
      'type',
    ])
  })

  test.each([null, 1, 'text', [], [[]], true])('is %j', (value) => {
    expect(paths(value)).toEqual([''])
  })

  test.each([
    { timestamp: '2026-01-15' },
    { timestamp: '2026-02-30T00:00:00Z' },
    { timestamp: '2026-01-15T00:00:00' },
    { timestamp: 1_700_000_000_000 },
    { timestamp: 'yesterday' },
  ])('has a timestamp that is not RFC 3339: %j', (change) => {
    expect(paths({ ...nativeEvent(), ...change })).toEqual(['timestamp'])
  })

  test('is nested too deep or holds a key that no database takes', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`)
    expect(issuesOf({ ...nativeEvent(), deep })[0]?.message).toContain('nested')
    expect(issuesOf({ ...nativeEvent(), 'a\0b': 1 })[0]?.message).toContain('NUL')
  })

  test('is described without quoting the event, also where a key is the sender’s own', () => {
    const issues = issuesOf({ ...nativeEvent(), changes: { '<script>alert(1)</script>': 1 } })
    expect(JSON.stringify(issues)).not.toContain('script')
    expect(issues[0]?.path).toEqual(['changes', '*'])
  })

  test('never makes the check throw', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => typeof validateNativeEvent(value, NOW).ok === 'boolean'))
    expect(validateNativeEvent(JSON.parse('{"__proto__":{"id":"x"}}'), NOW).ok).toBe(false)
  })
})

describe('the source that a body names', () => {
  test.each([
    [{ source: 'test' }, 'test'],
    [{ source: 5 }, undefined],
    [{}, undefined],
    [null, undefined],
    ['test', undefined],
    [JSON.parse('{"__proto__":{"source":"test"}}'), undefined],
  ])('of %j is %j', (value, source) => {
    expect(namedSource(value)).toBe(source)
  })
})
