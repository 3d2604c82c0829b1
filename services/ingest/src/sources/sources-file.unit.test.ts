import { describe, expect, test } from 'vitest'
import { parseSourcesFile } from './sources-file.ts'

const secrets = [{ env: 'LUSHA_SECRET' }]

const issuesOf = (...sources: unknown[]) => {
  const parsed = parseSourcesFile({ sources })
  return parsed.ok ? [] : parsed.issues
}

describe('the entries of a sources file', () => {
  test('are native unless told, with times in milliseconds', () => {
    const window = { notBefore: '2026-01-31T12:00:00+02:00', notAfter: '2026-02-01T00:00:00Z' }
    expect(parseSourcesFile({ sources: [{ name: 'lusha', secrets: [{ file: 'a', ...window }] }] })).toEqual({
      ok: true,
      entries: [
        {
          name: 'lusha',
          scheme: { type: 'native' },
          adapter: 'native',
          secrets: [{ file: 'a', notBefore: Date.UTC(2026, 0, 31, 10), notAfter: Date.UTC(2026, 1, 1) }],
        },
      ],
    })
  })

  test('may name types, also by their beginning', () => {
    const eventTypes = ['person.promotion', 'person.*', 'person.role_*']
    expect(issuesOf({ name: 'a', secrets, eventTypes })).toEqual([])
  })

  test.each([
    ['source "a" is there twice', { name: 'a', secrets }],
    ['source "b": secrets: expected at least one secret', { name: 'b', secrets: [] }],
    ['source "b": secrets: Invalid input: expected array, received undefined', { name: 'b' }],
    ['sources[1]: name: Invalid input: expected string, received undefined', { secrets }],
    ["sources[1]: name: a source's name is letters", { name: 'b c', secrets }],
    ['sources[1]: name: "person-change" is no free name', { name: 'person-change', secrets }],
    ['sources[1]: Invalid input: expected object', 'hunter2'],
    ['source "b": Unrecognized key: "colour"', { name: 'b', secrets, colour: 1 }],
    ['source "b": scheme.type: Invalid', { name: 'b', secrets, scheme: { type: 'hunter2' } }],
    ['source "b": adapter: Invalid', { name: 'b', secrets, adapter: 'hunter2' }],
    ['source "b": rateLimit.eventsPerSecond: Too small', { name: 'b', secrets, rateLimit: { eventsPerSecond: 0 } }],
    ['source "b": rateLimit.eventsPerSecond: Invalid', { name: 'b', secrets, rateLimit: {} }],
    ['source "b": eventTypes[1]: expected a type such as', { name: 'b', secrets, eventTypes: ['person.*', '*'] }],
    ['source "b": companyIdPrefix: Too small', { name: 'b', secrets, companyIdPrefix: '' }],
  ])('are refused: %s', (issue, entry) => {
    const issues = issuesOf({ name: 'a', secrets }, entry)
    expect(issues).toEqual([expect.stringContaining(issue)])
    expect(issues.join()).not.toContain('hunter2')
  })

  test.each([
    ['a text', 'hunter2-hunter2', 'secrets[0]: expected {"env": "NAME"} or {"file": "path"}'],
    ['a field of its own', { value: 'hunter2-hunter2' }, 'secrets[0]: has a field besides env, file'],
    ['a field’s name', { env: 'A', 'hunter2-hunter2': 1 }, 'secrets[0]: has a field besides env, file'],
    [
      'the name of a variable',
      { env: 'hunter2hunter2' },
      'secrets[0].env: expected the name of a variable, in capitals',
    ],
  ])('hold no secret themselves, not even as %s, and the refusal does not repeat it', (_what, secret, issue) => {
    const issues = issuesOf({ name: 'a', secrets: [secret] })
    expect(issues[0]).toContain(`source "a": ${issue}`)
    expect(issues.join()).not.toContain('hunter2')
  })

  test.each([
    [{ env: 'A', file: 'a' }, 'secrets[0]: expected either env or file'],
    [{}, 'secrets[0]: expected either env or file'],
    [{ env: 'A', notAfter: 'tomorrow' }, 'secrets[0].notAfter: expected an RFC 3339 time'],
    [{ env: 'A', notBefore: '2026-01-31' }, 'secrets[0].notBefore: expected an RFC 3339 time'],
    [
      { env: 'A', notBefore: '2026-01-31T00:00:00Z', notAfter: '2026-01-31T00:00:00Z' },
      'secrets[0].notAfter: is not after notBefore',
    ],
  ])('refer to a secret in one way and for a time that there is: %j', (secret, issue) => {
    expect(issuesOf({ name: 'a', secrets: [secret] })).toEqual([expect.stringContaining(`source "a": ${issue}`)])
  })

  test('tell everything that is wrong at once', () => {
    expect(issuesOf({ name: 'a' }, { name: 'b', secrets, adapter: 1 }, { name: 'c', secrets: [{}] })).toHaveLength(3)
  })
})
