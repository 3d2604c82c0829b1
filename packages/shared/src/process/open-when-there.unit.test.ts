import { expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { createLogger } from '../logging/create-logger.ts'
import { openWhenThere } from './open-when-there.ts'

const logger = createLogger('test', 'silent')
const away = new AppError('away', { code: 'registry_unavailable', fate: 'unavailable' })
const wrong = new AppError('wrong', { code: 'schema_not_registered', fate: 'permanent' })

/** Fails with these errors, one a try, then opens. */
function opening(...errors: Error[]) {
  let tries = 0
  const open = async () => {
    const error = errors[tries]
    tries += 1
    if (error !== undefined) throw error
    return 'open'
  }
  return { open, tries: () => tries }
}

test('what a part that is away prevents is tried again until it is there', async () => {
  const { open, tries } = opening(away, away)
  expect(await openWhenThere(open, { logger, signal: new AbortController().signal })).toBe('open')
  expect(tries()).toBe(3)
})

test('what no waiting can better fails at once', async () => {
  const { open, tries } = opening(wrong)
  await expect(openWhenThere(open, { logger, signal: new AbortController().signal })).rejects.toBe(wrong)
  expect(tries()).toBe(1)
})

test('a process that shuts down waits no longer', async () => {
  const shutdown = new AbortController()
  const never = async () => {
    shutdown.abort()
    throw away
  }
  await expect(openWhenThere(never, { logger, signal: shutdown.signal })).rejects.toThrow()
})
