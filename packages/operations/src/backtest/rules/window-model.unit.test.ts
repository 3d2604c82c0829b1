import type { Detector } from '@buyer-group/detector/detector.ts'
import { createMemoryWindowStore } from '@buyer-group/detector/test-kit/memory-window-store.ts'
import { createMemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import { between, pick, seededRandom } from '@buyer-group/testing/scenarios/seeded-random.ts'
import { describe, expect, test } from 'vitest'
import { createWindowModel } from './window-model.ts'

/** What becomes of changes at these minutes under windows of an hour, at one company. */
function claimsOf(...minutes: number[]) {
  const model = createWindowModel(60)
  const claimed = minutes.map((at) => model.take('acme', at))
  return { claimed, ...model.claims().get('acme') }
}

describe('a company’s windows', () => {
  test('a change outside a window claims one', () => {
    expect(claimsOf(0)).toEqual({ claimed: [true], leading: 1, trailing: 0 })
    expect(claimsOf(0, 60, 200)).toEqual({ claimed: [true, true, true], leading: 3, trailing: 0 })
  })

  test('changes inside a window share one trailing refresh at its end', () => {
    expect(claimsOf(0, 1, 59)).toEqual({ claimed: [true, false, false], leading: 1, trailing: 1 })
  })

  test('a trailing refresh opens a window of its own', () => {
    expect(claimsOf(0, 30, 119)).toEqual({ claimed: [true, false, false], leading: 1, trailing: 2 })
    expect(claimsOf(0, 30, 120)).toEqual({ claimed: [true, false, true], leading: 2, trailing: 1 })
  })

  test('a change that comes out of order counts as of the latest time seen', () => {
    expect(claimsOf(100, 10)).toEqual({ claimed: [true, false], leading: 1, trailing: 1 })
  })

  test('are its own', () => {
    const model = createWindowModel(60)
    expect([model.take('acme', 0), model.take('beta', 1), model.take('acme', 2)]).toEqual([true, true, false])
    expect([...model.claims().keys()]).toEqual(['acme', 'beta'])
  })
})

/** The detector's own windows, driven by hand: swept at every end, each command produced at once. */
function createDetectorWindows(windowMs: number) {
  let now = 0
  const windows = createMemoryWindowStore(createMemoryDatabase(() => new Date(now)))
  const claim = { windowMs, workspaceId: 'w', reason: 'webhook', priority: 'normal', commandId: null } as const
  const nothing = { companyName: null, count: 0, changeTypes: [], triggeredBy: [] }
  const counts = { leading: 0, trailing: 0 }
  let tokens = 0
  const settle = async (won: Awaited<ReturnType<Detector['stores']['windows']['claimOrMark']>>) => {
    const outboxes = won.flatMap(({ outbox }) => outbox ?? [])
    if (outboxes.length > 0) await windows.clearOutboxes(outboxes)
    return won.length
  }
  return {
    counts,
    moveTo: async (time: number) => {
      for (; now < time; now += 1) counts.trailing += await sweep()
      counts.trailing += await sweep()
    },
    take: async (companyId: string) => {
      tokens += 1
      const won = await windows.claimOrMark([{ ...nothing, companyId, count: 1 }], { ...claim, token: `t${tokens}` })
      counts.leading += won.length
      await settle(won)
      return won.length === 1
    },
  }

  async function sweep() {
    tokens += 1
    const due = await windows.findDue(100)
    return settle(
      await windows.claimIfUnchanged(
        due.map(({ companyId, sequence }) => ({
          changes: { ...nothing, companyId },
          claim: { ...claim, token: `t${tokens}` },
          seenSequence: sequence,
        })),
      ),
    )
  }
}

test('the model claims what the detector claims, change by change', async () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = seededRandom(seed)
    const windowMs = between(1, 30, random)
    const detector = createDetectorWindows(windowMs)
    const model = createWindowModel(windowMs)
    let now = 1
    for (let index = 0; index < 60; index += 1) {
      now += random() < 0.3 ? 0 : between(0, 25, random)
      await detector.moveTo(now)
      const companyId = pick(['acme', 'beta', 'gamma'], random)
      expect(model.take(companyId, now), `seed ${seed}, change ${index}`).toBe(await detector.take(companyId))
    }
    await detector.moveTo(now + 2 * windowMs)
    const claims = [...model.claims().values()]
    expect({
      leading: claims.reduce((sum, { leading }) => sum + leading, 0),
      trailing: claims.reduce((sum, { trailing }) => sum + trailing, 0),
    }).toEqual(detector.counts)
  }
})
