import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSchema, SCHEMA_OF_TOPIC, type SchemaName } from '../avro/schemas.ts'
import { findSchemaProblems } from './rules/find-schema-problems.ts'

const NAMES = readdirSync(join(import.meta.dirname, '../../../../schemas'))
  .filter((file) => file.endsWith('.avsc'))
  .map((file) => file.slice(0, -'.avsc'.length) as SchemaName)

test.each(NAMES)('%s keeps the rules for messages', (name) => {
  expect(findSchemaProblems(JSON.parse(readSchema(name)))).toEqual([])
})

test('every schema belongs to a topic', () => {
  expect(new Set(Object.values(SCHEMA_OF_TOPIC))).toEqual(new Set(NAMES))
})

test('a record that several schemas use is the same in all of them', () => {
  const records = new Map<string, string>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { type, name } = node as { type?: unknown; name?: string }
    if (type === 'record' && name !== undefined) {
      const text = JSON.stringify(node)
      expect(records.get(name) ?? text).toBe(text)
      records.set(name, text)
    }
    for (const child of Object.values(node)) visit(child)
  }
  for (const name of NAMES) visit(JSON.parse(readSchema(name)))
  expect(records.has('Member')).toBe(true)
})

test('a missing doc, an enum and a union at the top are found wherever they are', () => {
  expect(findSchemaProblems(['null', 'string'])).toEqual(['the value must be one record, not a union'])
  expect(findSchemaProblems({ type: 'string' })).toEqual(['the value must be a record'])
  const inner = {
    type: 'record',
    name: 'Inner',
    doc: 'Inside.',
    fields: [{ name: 'kind', doc: 'Kind.', type: { type: 'enum', name: 'Kind', symbols: ['A'] } }],
  }
  const outer = {
    type: 'record',
    name: 'Outer',
    fields: [
      { name: 'plain', type: 'string' },
      { name: 'list', doc: 'Inners.', type: ['null', { type: 'array', items: inner }] },
    ],
  }
  expect(findSchemaProblems(outer)).toEqual([
    'Outer has no doc',
    'Outer.plain has no doc',
    'Outer.list[].kind is an enum: use a string',
  ])
})
