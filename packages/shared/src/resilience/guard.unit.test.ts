import { Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { createLogger } from '../logging/create-logger.ts'
import type { CheckResult } from '../telemetry/admin-server.ts'
import { createGuard, type GuardOptions } from './guard.ts'
import { createGuardMetrics } from './guard-metrics.ts'

const NOW = new Date('2026-01-15T09:30:00.000Z')

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})
afterEach(() => {
  vi.useRealTimers()
})

const UNAVAILABLE = { code: 'mongodb_unavailable', fate: 'unavailable' }
const away = async () => {
  throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
}
const refused = async () => {
  throw Object.assign(new Error('E11000 duplicate key'), { name: 'MongoServerError', code: 11_000 })
}

function harness(overrides: Partial<GuardOptions> = {}) {
  const registry = new Registry()
  const guard = createGuard({
    part: 'mongodb',
    timeoutMs: 15_000,
    concurrency: 2,
    queue: 1,
    failures: 3,
    leftAloneMs: 1_000,
    metrics: createGuardMetrics(registry),
    logger: createLogger('test', 'silent'),
    ...overrides,
  })
  const valuesOf = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values ?? []
  return {
    guard,
    fail: async (times: number) => {
      for (let call = 0; call < times; call += 1) await guard.run(away).catch(() => {})
    },
    state: async () => (await valuesOf('circuit_breaker_state'))[0]?.value,
    rejections: async () =>
      Object.fromEntries(
        (await valuesOf('guard_rejections_total')).map(({ labels, value }) => [labels.reason, value] as const),
      ),
  }
}

describe('the circuit', () => {
  test('opens after failures in a row of a part that is away, and says so in metrics and readiness', async () => {
    const { guard, fail, state, rejections } = harness()
    await fail(2)
    expect(await state()).toBe(0)
    expect(await guard.check()).toEqual({ ok: true })
    await fail(1)
    expect(await state()).toBe(2)
    expect(await guard.check()).toEqual({ ok: false, reason: `circuit open since ${NOW.toISOString()}` })

    const call = vi.fn(async () => 1)
    await expect(guard.run(call)).rejects.toMatchObject(UNAVAILABLE)
    expect(call).not.toHaveBeenCalled()
    expect(await rejections()).toEqual({ open: 1 })
  })

  test('never opens because of what the part refuses: that is an answer', async () => {
    const { guard, state } = harness()
    for (let call = 0; call < 10; call += 1) {
      await expect(guard.run(refused)).rejects.toMatchObject({ code: 11_000 })
      const invalid = new AppError('bad', { code: 'invalid', fate: 'permanent' })
      await expect(guard.run(() => Promise.reject(invalid))).rejects.toBe(invalid)
    }
    expect(await state()).toBe(0)
  })

  test('stays closed where a call succeeds between the failures', async () => {
    const { guard, fail, state } = harness()
    for (let round = 0; round < 5; round += 1) {
      await fail(2)
      expect(await guard.run(async () => 'answer')).toBe('answer')
    }
    expect(await state()).toBe(0)
  })

  test('lets one call try after a moment: its success closes it, its failure opens it anew', async () => {
    const { guard, fail, state } = harness()
    await fail(3)
    await vi.advanceTimersByTimeAsync(1_000)
    await expect(guard.run(away)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(await state()).toBe(2)
    await vi.advanceTimersByTimeAsync(1_000)

    const { promise, resolve } = Promise.withResolvers<string>()
    const trying = guard.run(() => promise)
    const others = [guard.run(async () => 'behind it')]
    expect(await state()).toBe(1)
    resolve('back')
    expect(await Promise.all([trying, ...others])).toEqual(['back', 'behind it'])
    expect(await state()).toBe(0)
  })

  test('is closed by a call that the part refuses, for then it is back', async () => {
    const { guard, fail, state } = harness()
    await fail(3)
    await vi.advanceTimersByTimeAsync(1_000)
    await expect(guard.run(refused)).rejects.toMatchObject({ code: 11_000 })
    expect(await state()).toBe(0)
  })

  test('learns nothing from a call that its caller ends: it neither opens nor closes', async () => {
    const { guard, fail, state } = harness()
    const caller = new AbortController()
    caller.abort(new AppError('revoked', UNAVAILABLE as never))
    const ended = () => guard.run(() => Promise.reject(caller.signal.reason), { signal: caller.signal })
    for (let call = 0; call < 5; call += 1) await expect(ended()).rejects.toBe(caller.signal.reason)
    expect(await state()).toBe(0)
    await fail(3)
    await vi.advanceTimersByTimeAsync(1_000)
    await expect(ended()).rejects.toBe(caller.signal.reason)
    expect(await state()).toBe(2)
  })

  test('without a probe lets calls come again after a moment, so that somebody tries', async () => {
    const { guard, fail } = harness()
    await fail(3)
    expect(await guard.check()).toMatchObject({ ok: false })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await guard.check()).toEqual({ ok: true })
  })
})

describe('a probe', () => {
  test('closes the circuit by itself once the part answers, without any call', async () => {
    let answer: CheckResult = { ok: false, reason: 'away' }
    const probe = vi.fn(() => answer)
    const { guard, fail, state } = harness({ probe })
    await fail(3)
    await vi.advanceTimersByTimeAsync(3_500)
    expect(probe).toHaveBeenCalledTimes(3)
    expect(await state()).toBe(2)
    expect(await guard.check()).toMatchObject({ ok: false })

    answer = { ok: true }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await state()).toBe(0)
    expect(await guard.check()).toEqual({ ok: true })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(probe).toHaveBeenCalledTimes(4)
  })

  test('that throws or hangs has failed, and is tried again', async () => {
    const probe = vi
      .fn<() => Promise<CheckResult>>()
      .mockRejectedValueOnce(new AppError('away', UNAVAILABLE as never))
      .mockReturnValueOnce(new Promise(() => {}))
      .mockResolvedValue({ ok: true })
    const { fail, state } = harness({ probe, timeoutMs: 500 })
    await fail(3)
    await vi.advanceTimersByTimeAsync(1_000 + 1_000 + 500)
    expect(await state()).toBe(2)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await state()).toBe(0)
    expect(probe).toHaveBeenCalledTimes(3)
  })
})

describe('a call without an answer', () => {
  test('is given up after the time-out, counts as a failure of the part, and what comes of it later troubles nobody', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const { guard, state, rejections } = harness()
    const late = Promise.withResolvers<void>()
    for (let call = 0; call < 3; call += 1) {
      const outcome = expect(guard.run(() => late.promise)).rejects.toMatchObject(UNAVAILABLE)
      await vi.advanceTimersByTimeAsync(14_999)
      expect(await rejections()).toEqual(call === 0 ? {} : { timeout: call })
      await vi.advanceTimersByTimeAsync(1)
      await outcome
    }
    expect(await state()).toBe(2)
    late.reject(new Error('the connection was closed'))
    vi.useRealTimers()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  test('is told by its signal, which one that is answered in time never sees', async () => {
    const { guard } = harness()
    let answered: AbortSignal | undefined
    await guard.run(async (signal) => {
      answered = signal
    })
    const late = Promise.withResolvers<void>()
    let given: AbortSignal | undefined
    const outcome = expect(
      guard.run((signal) => {
        given = signal
        return late.promise
      }),
    ).rejects.toMatchObject(UNAVAILABLE)
    expect(given?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(15_000)
    await outcome
    expect(given?.aborted).toBe(true)
    expect(answered?.aborted).toBe(false)
  })

  test('leaves no timer behind when it is answered', async () => {
    const { guard } = harness()
    await guard.run(async () => 1)
    await guard.run(refused).catch(() => {})
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the bulkhead', () => {
  test('keeps calls waiting beyond its limit and refuses those beyond the queue', async () => {
    const { guard, state, rejections } = harness()
    const gate = Promise.withResolvers<number>()
    let started = 0
    const call = () => {
      started += 1
      return gate.promise
    }
    const taken = [guard.run(call), guard.run(call), guard.run(call)]
    await expect(guard.run(call)).rejects.toMatchObject(UNAVAILABLE)
    expect(started).toBe(2)
    expect(await rejections()).toEqual({ bulkhead: 1 })
    gate.resolve(7)
    expect(await Promise.all(taken)).toEqual([7, 7, 7])
    expect(await state()).toBe(0)
  })

  test('hands what waits in it to the circuit, which fails it at once where it has opened meanwhile', async () => {
    const { guard, rejections } = harness({ concurrency: 1, queue: 10 })
    const gate = Promise.withResolvers<void>()
    const call = vi.fn(() => gate.promise)
    const calls = Array.from({ length: 5 }, () => guard.run(call).catch(({ code }) => code))
    gate.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
    expect(await Promise.all(calls)).toEqual([...Array(3).fill('ECONNRESET'), ...Array(2).fill('mongodb_unavailable')])
    expect(call).toHaveBeenCalledTimes(3)
    expect(await rejections()).toEqual({ open: 2 })
  })
})

describe('what a call waits for once it has its place', () => {
  test('takes none of its time, and is not waited for by more calls than there are places', async () => {
    const { guard } = harness({ timeoutMs: 10 })
    const turn = Promise.withResolvers<void>()
    const whenPlaced = vi.fn(() => turn.promise)
    const calls = Array.from({ length: 3 }, (_, index) => guard.run(async () => index, { whenPlaced }))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(whenPlaced).toHaveBeenCalledTimes(2)
    turn.resolve()
    expect(await Promise.all(calls)).toEqual([0, 1, 2])
  })

  test('may fail without being a failure of the part, which is then not asked', async () => {
    const { guard, state } = harness()
    const call = vi.fn(async () => 1)
    for (let times = 0; times < 5; times += 1) {
      await expect(guard.run(call, { whenPlaced: away })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
    expect(call).not.toHaveBeenCalled()
    expect(await state()).toBe(0)
  })
})

test('every call of guarded ports goes through the guard', async () => {
  const { guard, fail } = harness()
  const ports = guard.ports({ events: { find: async (id: string) => `event ${id}` }, logs: { count: async () => 2 } })
  expect(await ports.events.find('a')).toBe('event a')
  expect(await ports.logs.count()).toBe(2)
  await fail(3)
  await expect(ports.events.find('a')).rejects.toMatchObject(UNAVAILABLE)
  await expect(ports.logs.count()).rejects.toMatchObject(UNAVAILABLE)
})

test('what the part says itself is asked only while the circuit is not open', async () => {
  const { guard, fail } = harness()
  const next = vi.fn((): CheckResult => ({ ok: false, reason: 'slow' }))
  expect(await guard.check(next)).toEqual({ ok: false, reason: 'slow' })
  await fail(3)
  expect(await guard.check(next)).toMatchObject({ reason: expect.stringContaining('circuit open since') })
  expect(next).toHaveBeenCalledTimes(1)
})
