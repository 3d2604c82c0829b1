import { expect, test } from 'vitest'
import { createRepeatFilter } from './repeat-filter.ts'

test('a key is a repeat while it is among the last different ones', () => {
  const isRepeat = createRepeatFilter(2)
  expect(['a', 'a', 'b', 'a', 'c', 'b', 'a'].map(isRepeat)).toEqual([false, true, false, true, false, true, false])
})
