import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import { expect, onTestFinished, test } from 'vitest'
import { openPolicy } from './open-policy.ts'

const logger = { info: () => {}, error: () => {} }

async function policyFile(content: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'policy-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'policy.json')
  await writeFile(path, content)
  return path
}

test('without a file the policy is the contract’s, with the types that are configured', async () => {
  const byDefault = await openPolicy({ SIGNIFICANT_TYPES: undefined, SIGNIFICANCE_POLICY: undefined }, { logger })
  expect([...byDefault.current().value.significantTypes]).toEqual([
    'person.role_change',
    'person.company_change',
    'person.promotion',
    'person.department_change',
  ])
  const types = ['person.email_change']
  const named = await openPolicy({ SIGNIFICANT_TYPES: types, SIGNIFICANCE_POLICY: undefined }, { logger })
  expect([...named.current().value.significantTypes]).toEqual(types)
  expect(named.current().value.isTrusted('person.anything', 'anyone')).toBe(true)
})

test('the file is read again when it changes, and one that cannot be used changes nothing', async () => {
  const path = await policyFile('{"ignoreCosmetic":false}')
  let changed = () => {}
  let reloads = Promise.withResolvers<string>()
  const policy = await openPolicy(
    { SIGNIFICANT_TYPES: undefined, SIGNIFICANCE_POLICY: path },
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
  const opened = openPolicy({ SIGNIFICANT_TYPES: undefined, SIGNIFICANCE_POLICY: path }, { logger })
  await expect(opened).rejects.toThrow(ConfigError)
  await expect(opened).rejects.toThrow(/^SIGNIFICANCE_POLICY names the file .*untrusted/)
})
