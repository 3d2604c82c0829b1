import { describe, expect, test } from 'vitest'
import { fromJsonField, toJsonField } from './json-field.ts'

const backOf = (text: string) => {
  const { value, text: kept } = toJsonField(text)
  return fromJsonField(value, kept)
}

describe('a JSON text in a document', () => {
  test.each(['null', '7', '"a.b"', '[1,null,{"a":[]}]', '{"b":1,"a":{"deep":"$set"}}'])(
    'is a value alone where that gives the text back: %s',
    (text) => {
      expect(toJsonField(text)).toEqual({ value: JSON.parse(text) })
      expect(backOf(text)).toBe(text)
    },
  )

  test.each(['1e400', '-0', '9007199254740993', ' 1', '{"a":1,"a":2}', '{"2":1,"1":1}', '"\\u0061"'])(
    'is kept beside its value where that does not give it back: %s',
    (text) => {
      expect(toJsonField(text)).toEqual({ value: JSON.parse(text), text })
      expect(backOf(text)).toBe(text)
    },
  )

  test.each([
    ['nothing', ''],
    ['a name with a dollar', '{"a":[{"$where":1}]}'],
    ['a name with a dot', '{"a.b":1}'],
    ['a name with NUL', '{"a\\u0000":1}'],
    ['a name that the driver reads', '{"_bsontype":"ObjectId"}'],
    ['the name of the prototype', '{"__proto__":{}}'],
    ['half a character', '["\\ud800"]'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['much text', JSON.stringify('x'.repeat(200_000))],
  ])('is text alone where no document may hold it: %s', (_, text) => {
    expect(toJsonField(text)).toEqual({ value: null, text })
    expect(backOf(text)).toBe(text)
  })

  test('stands beside what an application shows instead, also of a large one', () => {
    const text = JSON.stringify(Array(200_000).fill(1))
    expect(toJsonField(text, (value) => ({ count: (value as unknown[]).length }))).toEqual({
      value: { count: 200_000 },
      text,
    })
    expect(toJsonField('1', () => undefined)).toEqual({ value: null, text: '1' })
    expect(toJsonField('1', (value) => value)).toEqual({ value: 1 })
  })
})
