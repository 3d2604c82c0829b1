import { expect, test } from 'vitest'
import { detectDelimiter, detectFormat } from './detect-format.ts'

test.each([
  ['people', '\n {"a":1}\n', 'ndjson'],
  ['people', 'broken\n{"a":1}\n', 'ndjson'],
  ['people.txt', '[{"a":1}]', 'json-array'],
  ['people.gz', 'a,b\n1,2', 'csv'],
  ['people', '', 'csv'],
  ['people.NDJSON.gz', 'broken', 'ndjson'],
  ['people.jsonl', '', 'ndjson'],
  ['people.csv', '{a},b\n', 'csv'],
])('tells the format of %s that begins with %j', (name, head, format) => {
  expect(detectFormat(name, head)).toBe(format)
})

test.each([
  ['a,b,c\n1;2;3;4;5', ','],
  ['a;b;"c,d,e,f"\n1,2', ';'],
  ['a\tb, and c\td\r\n', '\t'],
  ['a|b', '|'],
  ['"a;\n;;",b\n', ','],
  ['alone\n1', ','],
])('tells the delimiter of %j', (head, delimiter) => {
  expect(detectDelimiter(head)).toBe(delimiter)
})
