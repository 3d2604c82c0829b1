import { join } from 'node:path'
import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import { expect, onTestFinished, test } from 'vitest'
import { openProfile } from './open-profile.ts'

const PROFILES = join(import.meta.dirname, '../../../profiles')
const logger = { info: () => {}, error: () => {} }

async function open(path: string | undefined) {
  const profile = await openProfile(path, { logger, watch: () => () => {} })
  onTestFinished(profile.close)
  return profile.current()
}

test('where no file is named the profile is the built-in one, of the same version as its copy in a file', async () => {
  const { value, version } = await open(undefined)
  expect(value).toEqual(DEFAULT_PROFILE)
  expect((await open(join(PROFILES, 'default.json'))).version).toBe(version)
  expect((await open(join(PROFILES, 'security-software.json'))).version).not.toBe(version)
})

test('a file that is no profile is refused in one sentence that names the variable', async () => {
  const path = join(import.meta.dirname, '../package.json')
  await expect(open(path)).rejects.toThrow(
    /^BUYER_GROUP_PROFILE names the file .*package\.json, which is not valid: Unrecognized keys: "name", .*\.$/,
  )
})
