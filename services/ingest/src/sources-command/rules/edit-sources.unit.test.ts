import { describe, expect, test } from 'vitest'
import { finishRotation, rotate } from './edit-sources.ts'

const NOW = Date.UTC(2026, 6, 1, 12)
const HOUR = 3_600_000
const IN_AN_HOUR = '2026-07-01T13:00:00Z'

describe('a rotation', () => {
  test('adds the new secret from now and ends the ones before after the overlap, and leaves all else as it stands', () => {
    const source = {
      name: 'a',
      secrets: [{ env: 'A' }, { file: 'a', notBefore: '2026-01-01T00:00:00Z' }],
      adapter: 'x',
    }
    expect(rotate(source, { file: 'new' }, NOW, NOW + HOUR)).toEqual({
      source: {
        name: 'a',
        secrets: [
          { env: 'A', notAfter: IN_AN_HOUR },
          { file: 'a', notBefore: '2026-01-01T00:00:00Z', notAfter: IN_AN_HOUR },
          { file: 'new', notBefore: '2026-07-01T12:00:00Z' },
        ],
        adapter: 'x',
      },
      ending: source.secrets,
    })
  })

  test('never lets a secret live longer than it would have, nor ends one before it begins', () => {
    const secrets = [
      { env: 'ENDED', notAfter: '2026-06-01T00:00:00Z' },
      { env: 'ENDS_SOON', notAfter: '2026-07-01T12:30:00+00:00' },
      { env: 'LATER', notBefore: '2026-08-01T00:00:00Z' },
    ]
    const { source, ending } = rotate({ name: 'a', secrets }, { file: 'new' }, NOW, NOW + HOUR)
    expect(source.secrets.slice(0, 3)).toEqual(secrets)
    expect(ending).toEqual([])
  })

  test('without an overlap ends the ones before at once', () => {
    const { source } = rotate({ name: 'a', secrets: [{ env: 'A' }] }, { file: 'new' }, NOW, NOW)
    expect(source.secrets[0]).toEqual({ env: 'A', notAfter: '2026-07-01T12:00:00Z' })
  })

  test('is finished by leaving out what has ended, to the millisecond', () => {
    const { source } = rotate({ name: 'a', secrets: [{ env: 'A' }] }, { file: 'new' }, NOW, NOW + HOUR)
    expect(finishRotation(source, NOW + HOUR - 1)).toEqual({ source, removed: [] })
    expect(finishRotation(source, NOW + HOUR)).toEqual({
      source: { name: 'a', secrets: [{ file: 'new', notBefore: '2026-07-01T12:00:00Z' }] },
      removed: [{ env: 'A', notAfter: IN_AN_HOUR }],
    })
  })

  test('is never finished by leaving a source without any secret', () => {
    const source = { name: 'a', secrets: [{ env: 'A', notAfter: IN_AN_HOUR }] }
    expect(finishRotation(source, NOW + HOUR)).toEqual({ source, removed: [] })
  })
})
