import { AppError, type Fate } from '@buyer-group/shared/errors/app-error.ts'
import { expect, test, vi } from 'vitest'
import { orNobody } from './or-nobody.ts'
import { sourcedPerson } from './test-kit/people-source-contract.ts'

const COMPANY = { companyId: 'acme', companyName: 'Acme' }
const options = (signal = new AbortController().signal) => ({ signal, idempotencyKey: 'key' })
const failing = (error: unknown) => ({ name: 'crm', findPeople: () => Promise.reject(error) })
const errorOf = (fate: Fate) => new AppError('words', { code: 'people_source_garbage', fate })

test('gives whom the source gives', async () => {
  const source = { name: 'crm', findPeople: async () => [sourcedPerson('1')] }
  expect(await orNobody(source, () => {}).findPeople(COMPANY, options())).toEqual([sourcedPerson('1')])
})

test.each<Fate>(['retryable', 'permanent'])(
  'gives nobody, and tells, where a company alone fails (%s)',
  async (fate) => {
    const onFailure = vi.fn()
    const error = errorOf(fate)
    expect(await orNobody(failing(error), onFailure).findPeople(COMPANY, options())).toEqual([])
    expect(onFailure).toHaveBeenCalledExactlyOnceWith(COMPANY, error)
  },
)

test('fails as the source does where that is away, has a fault of ours, or was ended', async () => {
  const onFailure = vi.fn()
  const ended = errorOf('retryable')
  for (const [error, signal] of [
    [errorOf('unavailable'), undefined],
    [new TypeError('a mistake'), undefined],
    [ended, AbortSignal.abort(ended)],
  ] as const) {
    await expect(orNobody(failing(error), onFailure).findPeople(COMPANY, options(signal))).rejects.toBe(error)
  }
  expect(onFailure).not.toHaveBeenCalled()
})
