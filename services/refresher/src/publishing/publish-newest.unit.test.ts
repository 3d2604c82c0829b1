import { setTimeout as wait } from 'node:timers/promises'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import { expect, test } from 'vitest'
import type { Refresher } from '../refresher.ts'
import { publishNewest } from './publish-newest.ts'

const group = { companyId: 'acme', commandId: 'cmd_1', sequence: 1 } as BuyerGroupDoc

/** Pauses as the process does, but for an hour each. */
function setUp(find: (attempt: number) => BuyerGroupDoc) {
  const draining = new AbortController()
  const pausing = Promise.withResolvers<void>()
  let attempts = 0
  const refresher = {
    stores: {
      groups: {
        find: async () => {
          attempts += 1
          return find(attempts)
        },
      },
    },
    logger: createLogger('test', 'silent'),
    pause: (): Promise<void> => {
      pausing.resolve()
      return wait(3_600_000, undefined, { signal: draining.signal })
    },
  } as unknown as Refresher
  return { refresher, draining, pausing: pausing.promise, attempts: () => attempts }
}

test('a shutdown ends the waits: one more attempt, then the failure', async () => {
  const { refresher, draining, pausing, attempts } = setUp((attempt) => {
    throw new Error(`away, attempt ${attempt}`)
  })
  const publishing = publishNewest(refresher, group, undefined)
  const failing = expect(publishing).rejects.toThrow('away, attempt 2')
  await pausing
  draining.abort()
  await failing
  expect(attempts()).toBe(2)
})

test('the attempt that a shutdown leaves may succeed', async () => {
  const { refresher, draining, pausing } = setUp((attempt) => {
    if (attempt === 1) throw new Error('away')
    return group
  })
  const publishing = publishNewest(refresher, group, undefined)
  await pausing
  draining.abort()
  await publishing
})
