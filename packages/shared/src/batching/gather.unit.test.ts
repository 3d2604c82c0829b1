import { describe, expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { gather } from './gather.ts'

const away = new AppError('away', { code: 'mongodb_unavailable', fate: 'unavailable' })

/** Doubles numbers in round trips that it keeps; fails those with an item that `fails` names. */
function doubler(fails: (item: number) => Error | undefined = () => undefined) {
  const trips: (readonly number[])[] = []
  const double = gather<number, number>({
    maxBatch: 10,
    maxInFlight: 1,
    run: async (items) => {
      trips.push(items)
      for (const item of items) {
        const error = fails(item)
        if (error !== undefined) throw error
      }
      return items.map((item) => item * 2)
    },
  })
  return { trips, double }
}

describe('what is gathered', () => {
  test('travels together and each asker gets its own', async () => {
    const { trips, double } = doubler()
    expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6])
    expect(trips).toEqual([[1, 2, 3]])
  })

  test('is done one by one where it fails together, so that one who fails fails alone', async () => {
    const { double } = doubler((item) => (item === 2 ? new TypeError('not two') : undefined))
    const settled = await Promise.allSettled([1, 2, 3].map(double))
    expect(settled).toMatchObject([{ value: 2 }, { reason: { message: 'not two' } }, { value: 6 }])
  })

  test('fails together and at once while a part is away', async () => {
    const { trips, double } = doubler(() => away)
    const settled = await Promise.allSettled([1, 2, 3].map(double))
    expect(settled.map((one) => one.status === 'rejected' && one.reason)).toEqual([away, away, away])
    expect(trips).toHaveLength(1)
  })
})
