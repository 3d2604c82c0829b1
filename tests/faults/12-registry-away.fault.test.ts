import { setTimeout as wait } from 'node:timers/promises'
import { printFigure, timeOf } from '@buyer-group/testing/faults/measure.ts'
import { expectSurvivors, isReady } from '@buyer-group/testing/faults/survivors.ts'
import { startTcpProxy } from '@buyer-group/testing/faults/tcp-proxy.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

/** Longer than the registry's client tries again by itself (2 s). */
const START_OUTAGE_MS = 10_000

/** A network to the test stack's registry that the test can break, and the registry's address through it. */
async function proxiedRegistry() {
  const url = new URL(process.env.SCHEMA_REGISTRY_URL ?? '')
  const proxy = await startTcpProxy(onTestFinished, Number(url.port))
  url.port = String(proxy.port)
  return { proxy, env: { SCHEMA_REGISTRY_URL: url.href } }
}

test.each(['refuse', 'hang', 'reset'] as const)(
  'a registry that is away (%s) before a schema is known makes detector and refresher wait, and nothing is dead-lettered',
  async (mode) => {
    const scenario = await createScenario(onTestFinished, { title: `row 12, ${mode}` })
    const { deployment } = scenario
    const [near, far] = [await proxiedRegistry(), await proxiedRegistry()]
    const services = await Promise.all([
      deployment.start('ingest'),
      deployment.start('detector', near.env),
      deployment.start('refresher', far.env),
    ])
    const [, detector, refresher] = services
    const { webhookEvents, buyerGroups } = deployment.collections

    await near.proxy.set(mode)
    await far.proxy.set(mode)
    await scenario.provide().done
    await untilTrue(async () => !(await isReady(detector)))
    expect(await webhookEvents.countDocuments()).toBe(0)

    await near.proxy.set('pass')
    const detectorMs = await timeOf(() => untilTrue(async () => (await webhookEvents.countDocuments()) > 0))
    await untilTrue(async () => !(await isReady(refresher)))
    expect(await buyerGroups.countDocuments()).toBe(0)

    await far.proxy.set('pass')
    const refresherMs = await timeOf(() => untilTrue(async () => (await buyerGroups.countDocuments()) > 0))
    printFigure(`row 12, ${mode}`, {
      'the detector goes on after its return by': detectorMs,
      'the refresher by': refresherMs,
    })
    const { audit } = await scenario.settle()
    expect(audit.counts).toMatchObject({ deadLettered: 0, deadLetters: 0 })
    await expectSurvivors(services)
  },
)

test('services that start while the registry is away are ready by themselves once it is there; ingest answers 503 until then', async () => {
  const scenario = await createScenario(onTestFinished, { title: 'row 12, start-up' })
  const { deployment } = scenario
  const { proxy, env } = await proxiedRegistry()
  await proxy.set('refuse')
  const services = await Promise.all(
    (['ingest', 'detector', 'refresher'] as const).map((name) => deployment.start(name, env, { untilReady: false })),
  )
  const provider = scenario.provide()
  await untilTrue(async () => (provider.answers.get(503) ?? 0) > 0)
  await wait(START_OUTAGE_MS)
  expect(provider.accepted.size).toBe(0)

  await proxy.set('pass')
  const readyMs = await timeOf(() => Promise.all(services.map((service) => untilTrue(() => isReady(service)))))
  printFigure('row 12, start-up', { 'all ready after the return of the registry by': readyMs })
  await scenario.settle()
  await expectSurvivors(services)
})
