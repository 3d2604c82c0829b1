import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from './parse-json.ts'

describe('parsing a body as JSON', () => {
  test('gives back any JSON value with its text as it came', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n'), (json, space) => {
        const text = space + json + space
        expect(parseJson(Buffer.from(text))).toEqual({ ok: true, text, value: JSON.parse(json) })
      }),
    )
  })

  test('takes the last of a key that comes twice', () => {
    expect(parseJson(Buffer.from('{"id":"first","id":"last"}'))).toMatchObject({ value: { id: 'last' } })
  })

  test('takes the deepest nesting that fits into a body', () => {
    expect(parseJson(Buffer.from('['.repeat(131_072) + ']'.repeat(131_072))).ok).toBe(true)
  })

  test('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof parseJson(Buffer.from(bytes)).ok === 'boolean'))
  })

  test('takes exactly what a strict decoder and JSON.parse take, whatever byte of a JSON text is replaced', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    const expected = (bytes: Buffer) => {
      try {
        return { ok: true, value: JSON.parse(strict.decode(bytes)) }
      } catch {
        return { ok: false }
      }
    }
    fc.assert(
      fc.property(
        fc.json({ stringUnit: 'binary' }),
        fc.nat(),
        fc.uint8Array({ maxLength: 4 }),
        fc.nat(2),
        (json, at, bytes, replaced) => {
          const text = Buffer.from(json)
          const start = at % (text.length + 1)
          const changed = Buffer.concat([text.subarray(0, start), bytes, text.subarray(start + replaced)])
          expect(parseJson(changed)).toMatchObject(expected(changed))
        },
      ),
      { numRuns: 300 },
    )
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a byte order mark', Buffer.from('\uFEFF{}')],
    ['a byte that is no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a character cut off', Buffer.from([0x22, 0xe2, 0x82, 0x22])],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['two values', Buffer.from('{}{}')],
    ['single quotes', Buffer.from("{'id':1}")],
    ['NaN', Buffer.from('NaN')],
    ['a trailing comma', Buffer.from('[1,]')],
  ])('refuses %s', (_what, bytes) => {
    expect(parseJson(bytes)).toEqual({ ok: false })
  })
})
