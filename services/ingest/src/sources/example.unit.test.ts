import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseSourcesFile, sourcesFileSchema } from './sources-file.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const example = readFileSync(join(ROOT, 'examples/sources.json'), 'utf8')

test('examples/sources.json is valid', () => {
  expect(parseSourcesFile(sourcesFileSchema.parse(JSON.parse(example)))).toMatchObject({ ok: true })
})

test('docs/webhook-sources.md shows examples/sources.json', () => {
  const page = readFileSync(join(ROOT, 'docs/webhook-sources.md'), 'utf8')
  expect(/<!-- example -->\n```json\n(.*?)```/s.exec(page)?.[1]).toBe(example)
})
