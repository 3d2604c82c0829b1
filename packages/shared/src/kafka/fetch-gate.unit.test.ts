import { expect, test } from 'vitest'
import { createFetchGate } from './fetch-gate.ts'

function setUp() {
  const calls: string[] = []
  const words = (partitions: readonly { topic: string; partitions: number[] }[]) =>
    partitions.map(({ topic, partitions: numbers }) => `${topic}/${numbers.join(',')}`).join(' ')
  const gate = createFetchGate({
    pause: (partitions) => calls.push(`pause ${words(partitions)}`),
    resume: (partitions) => calls.push(`resume ${words(partitions)}`),
  })
  gate.assign({ a: [0, 1], b: [0] }, () => false)
  calls.length = 0
  return { gate, calls }
}

test('a partition is fetched again only when the last reason against it has gone', () => {
  const { gate, calls } = setUp()
  gate.close('full a', (topic) => topic === 'a')
  gate.close('waiting', () => true)
  gate.open('full a')
  expect(gate.isPaused('a', 0)).toBe(true)
  gate.open('waiting')
  expect(calls).toEqual(['pause a/0,1', 'pause b/0', 'resume a/0,1 b/0'])
  expect(gate.paused).toBe(0)
})

test('closing twice or opening what was not closed does nothing', () => {
  const { gate, calls } = setUp()
  gate.open('waiting')
  gate.close('waiting', () => true)
  gate.close('waiting', () => true)
  expect(calls).toEqual(['pause a/0,1 b/0'])
})

test('a new assignment starts fetched, but for the reasons that outlast it', () => {
  const { gate, calls } = setUp()
  gate.close('full a', (topic) => topic === 'a')
  gate.close('waiting', (topic) => topic === 'b')
  calls.length = 0
  gate.assign({ a: [1], b: [0] }, (reason) => reason === 'waiting')
  expect(calls).toEqual(['resume a/1 b/0', 'pause b/0'])
  expect(gate.isPaused('a', 1)).toBe(false)
})
