import { expect, test } from 'vitest'
import { ConfigError } from '../config/read-config.ts'
import { readFaultPoints } from './fault-points.ts'
import { parseFaultPoints } from './parse-fault-points.ts'

const port = () => {
  const calls: string[] = []
  return { calls, publish: async (word: string) => void calls.push(word), close: async () => {} }
}

test('a process without fault points keeps its ports as they are', () => {
  const real = port()
  expect(readFaultPoints({ NODE_ENV: 'production' }).port('publisher', real)).toBe(real)
})

test('a process with fault points outside of tests refuses to start', () => {
  const env = { FAULT_POINTS: 'publisher.publish:after:kill' }
  expect(() => readFaultPoints(env)).toThrow(ConfigError)
  expect(() => readFaultPoints({ ...env, NODE_ENV: 'production' })).toThrow(/for tests alone/)
})

test('the nth call of the named method, and only it, is hit, before or after its effect', async () => {
  const real = port()
  const hits: string[] = []
  const FAULT_POINTS = 'publisher.publish:before:stop@2, publisher.publish:after:kill@2'
  const points = readFaultPoints({ NODE_ENV: 'test', FAULT_POINTS }, (name) => {
    hits.push(`${name} after ${real.calls.length} calls`)
  })
  const decorated = points.port('publisher', real)
  await decorated.publish('one')
  expect(hits).toEqual([])
  await decorated.publish('two')
  await decorated.publish('three')
  expect(hits).toEqual(['SIGSTOP after 1 calls', 'SIGKILL after 2 calls'])
})

test('a point at a method that its port does not have is refused instead of never hit', () => {
  const points = readFaultPoints({ NODE_ENV: 'test', FAULT_POINTS: 'publisher.send:after:kill' })
  expect(() => points.port('publisher', port())).toThrow('the port publisher has no method send, but publish, close')
  expect(points.port('windows', { limit: 1 })).toEqual({ limit: 1 })
})

test.each(['publish:after:kill', 'publisher.publish:during:kill', 'publisher.publish:after:kill@0', ''])(
  'what is no point is refused: %j',
  (text) => {
    expect(() => parseFaultPoints(text)).toThrow(/is not of the form/)
  },
)
