import { expect, test } from 'vitest'
import { decoratePort } from './decorate-port.ts'

test('every method is called through what is put around it, with its own arguments and result', async () => {
  const calls: string[] = []
  const port = {
    limit: 3,
    double: async (value: number) => value * 2,
    fail: async (): Promise<void> => {
      throw new Error('failed')
    },
  }
  const decorated = decoratePort(port, (method, call) => {
    calls.push(method)
    return call()
  })
  expect(decorated.limit).toBe(3)
  expect(await decorated.double(4)).toBe(8)
  await expect(decorated.fail()).rejects.toThrow('failed')
  expect(calls).toEqual(['double', 'fail'])
})
