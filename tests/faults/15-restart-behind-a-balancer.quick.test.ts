import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { startKeepAliveSenders } from '@buyer-group/testing/faults/keep-alive-senders.ts'
import { startTcpBalancer } from '@buyer-group/testing/faults/tcp-balancer.ts'
import { createDeployment, TEST_SECRET } from '@buyer-group/testing/processes/deployment.ts'
import { seededRandom, seedFrom } from '@buyer-group/testing/scenarios/seeded-random.ts'
import { expect, onTestFinished, test } from 'vitest'

/** Much longer than the balancer needs to notice. */
const SHUTDOWN_DELAY_MS = 2_000

test('each of two instances behind a TCP balancer restarts under load, and no sender is reset or left without an answer', async () => {
  const random = seededRandom(seedFrom('FAULT_SEED', 'row 15, behind a balancer'))
  const deployment = await createDeployment(onTestFinished, {
    SHUTDOWN_DELAY: `${SHUTDOWN_DELAY_MS}ms`,
    MAX_EVENT_LOOP_DELAY: '1m', // a 503 must come from the restart alone, not from a machine that is busy
  })
  const instances = await Promise.all([deployment.start('ingest'), deployment.start('ingest')])
  const balancer = await startTcpBalancer(onTestFinished, () => instances)
  await balancer.untilReady(2)

  const busy = Array.from({ length: 24 }, () => () => 0)
  // Some are still idle when the listener closes.
  const pausing = Array.from({ length: 24 }, () => () => random() * 2 * SHUTDOWN_DELAY_MS)
  const senders = startKeepAliveSenders({ port: balancer.port, secret: TEST_SECRET, pauses: [...busy, ...pausing] })
  onTestFinished(() => senders.stop())

  for (const [index, instance] of [...instances.entries()]) {
    await senders.untilMoreAccepted(1_000)
    expect(await instance.stop(), instance.output()).toBe(0)
    instances[index] = await instance.restart()
    await balancer.untilReady(2)
  }
  await senders.untilMoreAccepted(1_000)
  // The first one, started again, took over while the second was away.
  expect(await instances[0]?.metric('ingest_events_accepted_total')).toBeGreaterThan(0)
  await senders.stop()

  console.log(JSON.stringify({ accepted: senders.accepted.size, ...senders.outcomes, ...senders.closed }))
  expect(senders.outcomes).toMatchObject({ dropped: 0, cut: 0, reset: 0 })
  expect([...senders.answers.keys()]).toEqual([202])
  expect(senders.closed.announced).toBeGreaterThan(busy.length)
  expect(senders.closed.idle).toBeGreaterThan(0)

  const published = (await deployment.read(TOPICS.personChanges)).map(({ value }) => value.eventId)
  expect(published.toSorted()).toEqual([...senders.accepted].toSorted())
})
