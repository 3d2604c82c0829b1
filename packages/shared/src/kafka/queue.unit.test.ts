import { expect, test } from 'vitest'
import { createQueue } from './queue.ts'

test('what comes first leaves first, also after it has been emptied and over many thousands', () => {
  const queue = createQueue<number>()
  expect(queue.shift()).toBeUndefined()
  const taken: (number | undefined)[] = []
  for (let item = 0; item < 10_000; item += 1) {
    queue.push(item)
    if (item % 3 !== 0) taken.push(queue.shift())
  }
  expect(queue.first()).toBe(taken.length)
  while (queue.first() !== undefined) taken.push(queue.shift())
  expect(taken).toEqual(Array.from({ length: 10_000 }, (_, item) => item))
  expect(queue.shift()).toBeUndefined()
})
