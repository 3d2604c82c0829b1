import { describe, expect, test } from 'vitest'
import { RetryAfterError, retryAfterOf } from './retry-after.ts'

describe('the delay that an error asks for', () => {
  test('is that of a RetryAfterError', () => {
    const error = new RetryAfterError('slow down', { retryAfterMs: 1_500 })
    expect(retryAfterOf(error)).toBe(1_500)
    expect(error).toMatchObject({ code: 'rate_limited', fate: 'retryable' })
  })

  test('is found among its causes, in errors of any class', () => {
    const cause = Object.assign(new Error('429'), { retryAfterMs: 20 })
    expect(retryAfterOf(new Error('outer', { cause: new Error('inner', { cause }) }))).toBe(20)
  })

  test.each([
    ['an error that asks for none', new Error('odd')],
    ['a negative one', { retryAfterMs: -1 }],
    ['one that is no number', { retryAfterMs: '5' }],
    ['no error', undefined],
  ])('is 0 for %s', (_what, error) => {
    expect(retryAfterOf(error)).toBe(0)
  })

  test('is looked for without end nowhere', () => {
    const circle: { cause?: unknown } = {}
    circle.cause = circle
    expect(retryAfterOf(circle)).toBe(0)
  })
})
