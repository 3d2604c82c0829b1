import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { schemeConfigSchema } from './create-scheme.ts'

const page = readFileSync(join(import.meta.dirname, '../../../../docs/webhook-sources.md'), 'utf8')
const section = /\n## Signature schemes\n(.*?)(?=\n## |$)/s.exec(page)?.[1] ?? ''

test('docs/webhook-sources.md has every scheme in its tables', () => {
  for (const { shape } of schemeConfigSchema.options) expect(section).toMatch(`| \`${shape.type.value}\` |`)
})

test('docs/webhook-sources.md shows schemes that are valid', () => {
  const examples = [...section.matchAll(/```json\n(.*?)```|`(\{ "type".*?)`/gs)].map(
    ([, block, inline]) => block ?? inline,
  )
  expect(examples).toHaveLength(4)
  for (const example of examples) expect(schemeConfigSchema.parse(JSON.parse(example ?? ''))).toBeDefined()
})
