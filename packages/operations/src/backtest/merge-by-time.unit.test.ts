import { expect, test } from 'vitest'
import { mergeByTime } from './merge-by-time.ts'

async function* stream(items: readonly number[], onEnd = () => {}) {
  try {
    yield* items
  } finally {
    onEnd()
  }
}

async function collect(items: AsyncIterable<number>): Promise<number[]> {
  const collected: number[] = []
  for await (const item of items) collected.push(item)
  return collected
}

test('streams are merged in the order of their times', async () => {
  const merged = mergeByTime([stream([1, 4, 9]), stream([]), stream([2, 3, 10])], (time) => time)
  expect(await collect(merged)).toEqual([1, 2, 3, 4, 9, 10])
})

test('every stream is closed by who stops early, and by one that fails', async () => {
  const ended: string[] = []
  const streams = () => [stream([1, 3], () => ended.push('a')), stream([2, 4], () => ended.push('b'))]
  for await (const item of mergeByTime(streams(), (time) => time)) if (item === 2) break
  expect(ended).toEqual(['a', 'b'])

  async function* failing() {
    yield 0
    throw new Error('the broker is away')
  }
  ended.length = 0
  await expect(collect(mergeByTime([...streams(), failing()], (time) => time))).rejects.toThrow('away')
  expect(ended).toEqual(['a', 'b'])
})
