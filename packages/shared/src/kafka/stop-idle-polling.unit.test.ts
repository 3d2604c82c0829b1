import { createRequire } from 'node:module'
import { expect, onTestFinished, test } from 'vitest'
import { stopIdlePolling } from './stop-idle-polling.ts'

interface Queue {
  pending: unknown[]
  throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
  push(request: { entry: { correlationId: number }; expectResponse: boolean; sendRequest: () => void }): void
  destroy(): void
}

function openQueue(): Queue {
  const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as new (
    options: unknown,
  ) => Queue
  const queue = new RequestQueue({ maxInFlightRequests: null, logger: { debug: () => {} }, requestTimeout: 1_000 })
  onTestFinished(() => queue.destroy())
  return queue
}

test('a connection on which no request waits sets no timer', () => {
  stopIdlePolling()
  const queue = openQueue()
  queue.checkPendingRequests()
  expect(queue.throttleCheckTimeoutId).toBeNull()
})

test('a request that the broker’s throttling holds back is sent when that is over', async () => {
  stopIdlePolling()
  const queue = openQueue()
  queue.throttledUntil = Date.now() + 20
  await new Promise<void>((resolve) => {
    queue.push({ entry: { correlationId: 1 }, expectResponse: true, sendRequest: resolve })
    expect(queue.pending).toHaveLength(1)
  })
  expect(Date.now()).toBeGreaterThanOrEqual(queue.throttledUntil)
  expect(queue.throttleCheckTimeoutId).toBeNull()
})
