import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** Would the linter, with our configuration, let a file at `path` import `from`? */
function mayImport(path: string, from: string): boolean {
  const tree = mkdtempSync(join(tmpdir(), 'layout-'))
  onTestFinished(() => rmSync(tree, { recursive: true }))
  cpSync(join(ROOT, 'biome.json'), join(tree, 'biome.json'))
  mkdirSync(join(tree, dirname(path)), { recursive: true })
  writeFileSync(join(tree, path), `import { thing } from '${from}'\nconsole.log(thing)\n`)
  const { status } = spawnSync(
    join(ROOT, 'node_modules/.bin/biome'),
    ['lint', '--vcs-enabled=false', '--only=style/noRestrictedImports', path],
    { cwd: tree },
  )
  return status === 0
}

describe('the three import rules of the layout', () => {
  test.each([
    ['services/detector/src/x.ts', '@buyer-group/ingest/config.ts'],
    ['services/detector/src/x.ts', '../../refresher/src/main.ts'],
    ['services/ingest/src/http/x.ts', '@buyer-group/detector/config.ts'],
    ['services/refresher/src/x.ts', '@buyer-group/ingest/config.ts'],
  ])('a service never imports another: %s may not import %s', (path, from) => {
    expect(mayImport(path, from)).toBe(false)
  })

  test.each([
    ['packages/shared/src/x.ts', 'express'],
    ['packages/shared/src/kafka/x.ts', '@buyer-group/testing/kafka/temporary-topic.ts'],
    ['packages/shared/src/x.ts', '@buyer-group/ingest/config.ts'],
  ])('shared holds no HTTP framework and no test helper: %s may not import %s', (path, from) => {
    expect(mayImport(path, from)).toBe(false)
  })

  test.each([
    ['services/detector/src/rules/x.ts', 'node:fs'],
    ['services/detector/src/rules/x.ts', 'mongodb'],
    ['packages/rules/src/membership/x.ts', 'node:fs'],
    ['services/refresher/src/rules/x.ts', '../config.ts'],
    ['services/ingest/src/rules/x.ts', '@buyer-group/shared/kafka/publisher.ts'],
  ])('a pure file imports only what is pure: %s may not import %s', (path, from) => {
    expect(mayImport(path, from)).toBe(false)
  })

  test.each([
    ['services/detector/src/x.ts', '@buyer-group/shared/kafka/publisher.ts'],
    ['services/detector/src/rules/x.ts', './y.ts'],
    ['services/detector/src/rules/x.ts', '@buyer-group/rules/titles/classify-title.ts'],
    ['packages/rules/src/membership/x.ts', '../titles/title-rules.ts'],
    ['services/detector/src/rules/x.ts', '@buyer-group/shared/messages/placements.ts'],
    ['services/detector/src/rules/x.ts', '@buyer-group/shared/mongo/rules/look-up.ts'],
    ['packages/shared/src/kafka/x.int.test.ts', '@buyer-group/testing/kafka/temporary-topic.ts'],
  ])('what the layout allows is allowed: %s may import %s', (path, from) => {
    expect(mayImport(path, from)).toBe(true)
  })
})
