import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import { expect, onTestFinished, test } from 'vitest'
import { openPolicy } from './open-policy.ts'

const logger = { info: () => {}, warn: () => {}, error: () => {} }
const unset = { SIGNIFICANT_TYPES: undefined, SIGNIFICANCE_POLICY: undefined, WEBHOOK_SOURCES: undefined }

async function policyFile(content: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'policy-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'policy.json')
  await writeFile(path, content)
  return path
}

test('without a file the policy is the contract’s, with the types that are configured', async () => {
  const byDefault = await openPolicy(unset, { logger })
  expect([...byDefault.current().value.significantTypes]).toEqual([
    'person.role_change',
    'person.company_change',
    'person.promotion',
    'person.department_change',
  ])
  const types = ['person.email_change']
  const named = await openPolicy({ ...unset, SIGNIFICANT_TYPES: types }, { logger })
  expect([...named.current().value.significantTypes]).toEqual(types)
  expect(named.current().value.isTrusted('person.anything', 'anyone')).toBe(true)
})

test('the file is read again when it changes, and one that cannot be used changes nothing', async () => {
  const path = await policyFile('{"ignoreCosmetic":false}')
  let changed = () => {}
  let reloads = Promise.withResolvers<string>()
  const policy = await openPolicy(
    { ...unset, SIGNIFICANCE_POLICY: path },
    {
      logger,
      onReload: (outcome) => reloads.resolve(outcome),
      watch: (_path, onChange) => {
        changed = onChange
        return () => {}
      },
    },
  )
  const first = policy.current()
  expect(policy.current()).toBe(first)

  await writeFile(path, '{"ignoreCosmetic":true}')
  changed()
  expect(await reloads.promise).toBe('reloaded')
  expect(policy.current().value.ignoreCosmetic).toBe(true)
  expect(policy.current().version).not.toBe(first.version)

  reloads = Promise.withResolvers()
  await writeFile(path, '{"ignoreCosmetic":"perhaps"}')
  changed()
  expect(await reloads.promise).toBe('refused')
  expect(policy.current().value.ignoreCosmetic).toBe(true)
})

test('a file that cannot be used at the start is a bad configuration that names the variable and the field', async () => {
  const path = await policyFile('{"untrusted":[{}]}')
  const opened = openPolicy({ ...unset, SIGNIFICANCE_POLICY: path }, { logger })
  await expect(opened).rejects.toThrow(ConfigError)
  await expect(opened).rejects.toThrow(/^SIGNIFICANCE_POLICY names the file .*untrusted/)
})

test('what a version of the file may name in vain is told once, when it comes into use', async () => {
  const warnings: [object, string][] = []
  const reload = Promise.withResolvers<string>()
  const path = await policyFile('{"untrusted":[{"sources":["CoreSignal"]}]}')
  let changed = () => {}
  const policy = await openPolicy(
    { ...unset, SIGNIFICANCE_POLICY: path, WEBHOOK_SOURCES: ['coresignal'] },
    {
      logger: { ...logger, warn: (fields, message) => warnings.push([fields, message]) },
      onReload: (outcome) => reload.resolve(outcome),
      watch: (_path, onChange) => {
        changed = onChange
        return () => {}
      },
    },
  )
  const named = (entry: string) => [{ variable: 'SIGNIFICANCE_POLICY', version: policy.current().version }, entry]
  const first = named('untrusted.0.sources names CoreSignal, which is not in WEBHOOK_SOURCES: did you mean coresignal?')
  expect(warnings).toEqual([first])

  await writeFile(path, '{"significantTypes":["person.email_change"]}')
  changed()
  await reload.promise
  const second = named(
    'significantTypes names person.email_change: it counts only if a source sends events of exactly this type',
  )
  expect(warnings).toEqual([first, second])
})
