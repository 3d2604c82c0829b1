import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explainMediaType } from './media-type.ts'

const isTaken = (contentType: string | undefined, encoding?: string) =>
  explainMediaType({
    'content-type': contentType,
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  }) === undefined

describe('a media type', () => {
  test.each([
    'application/json',
    'Application/JSON',
    'application/json;',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json ; charset = utf-8 ;',
  ])('is taken as %j', (contentType) => {
    expect(isTaken(contentType)).toBe(true)
    expect(isTaken(contentType, ' Identity ')).toBe(true)
    expect(isTaken(contentType, 'gzip')).toBe(false)
  })

  test.each([undefined, '', 'text/json', 'application/json; charset=utf-16', 'application/json, application/json'])(
    'is refused as %j',
    (contentType) => {
      expect(isTaken(contentType)).toBe(false)
    },
  )

  test('is taken only where it says JSON, and nothing else but UTF-8', () => {
    const piece = fc.constantFrom('application', '/', 'json', ';', 'charset', '=', 'utf-8', '"', ' ', '\t', ',', 'x')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const contentType = `application/json${pieces.join('')}`
        if (!isTaken(contentType)) return
        const said = contentType.toLowerCase().replace(/[\s";]/g, '')
        expect(['application/json', 'application/jsoncharset=utf-8']).toContain(said)
      }),
      { numRuns: 2_000 },
    )
  })

  // Where blanks could be shared out in many ways, each of these took a second, and all more than this test may take.
  test('is refused at once, however many blanks are in it', () => {
    const blanks = ' '.repeat(16_000)
    for (const end of [
      'x',
      ';',
      '; x',
      ';charset',
      ';charset=',
      '"',
      '/',
      ',',
      '; charset=utf-8x',
      '; charset=utf-8;x',
    ]) {
      for (const start of ['application/json', 'application/json;', 'application/json; charset=utf-8']) {
        isTaken(start + blanks + end + blanks)
        isTaken(start + blanks + end + blanks + end)
        expect(isTaken('application/json', `identity${blanks}${end}`)).toBe(false)
      }
    }
  })
})
