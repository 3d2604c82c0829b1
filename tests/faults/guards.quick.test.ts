import { CONSUMED_TOPICS, deadLetterTopic, GROUPS, retryTopics } from '@buyer-group/shared/messages/topics.ts'
import { printFigure, timeOf } from '@buyer-group/testing/faults/measure.ts'
import { startTcpProxy } from '@buyer-group/testing/faults/tcp-proxy.ts'
import type { DeployedService, Deployment } from '@buyer-group/testing/processes/deployment.ts'
import { createScenario, type Scenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilEqual, untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

/** Three failures in a row, each after the driver has looked for a primary for five seconds, and time for a busy machine. */
const OPENS_WITHIN_MS = 90_000
const CLOSES_WITHIN_MS = 60_000

type Part = 'mongodb' | 'registry'

/** A network to one part of the stack that the test can break, and the part's address through it. */
async function proxied(address: string | undefined) {
  const url = new URL(address ?? '')
  const proxy = await startTcpProxy(onTestFinished, Number(url.port))
  url.port = String(proxy.port)
  return { proxy, url }
}

/** The driver would go on to the address that the replica set has for itself, past the proxy. */
async function proxiedMongo() {
  const { proxy, url } = await proxied(process.env.MONGODB_URI)
  url.search = '?directConnection=true'
  return { proxy, env: { MONGODB_URI: url.href } }
}

/** What `/readyz` says of a part. */
async function readiness(service: DeployedService, part: Part): Promise<{ status: number; reason?: string }> {
  const response = await fetch(`${service.adminUrl}/readyz`)
  const { checks } = (await response.json()) as { checks: Record<string, { reason?: string }> }
  return { status: response.status, ...checks[part] }
}

const stateOf = (service: DeployedService, part: Part) => service.metric(`circuit_breaker_state{part="${part}"}`)

async function untilOpen(service: DeployedService, part: Part): Promise<void> {
  await untilTrue(async () => {
    if ((await stateOf(service, part)) !== 2) return false
    const { status, reason = '' } = await readiness(service, part)
    return status === 503 && reason.startsWith('circuit open since 20')
  }, OPENS_WITHIN_MS)
}

async function untilClosed(service: DeployedService, part: Part): Promise<void> {
  await untilEqual(() => stateOf(service, part), 0, CLOSES_WITHIN_MS)
  await untilEqual(async () => (await readiness(service, part)).status, 200, CLOSES_WITHIN_MS)
}

/** How many messages stand where what failed is put. */
async function setAside(deployment: Deployment): Promise<number> {
  const topics = (['detector', 'refresher'] as const).flatMap((group) =>
    CONSUMED_TOPICS[group].flatMap((topic) => [
      deadLetterTopic(topic, GROUPS[group]),
      ...retryTopics(topic, GROUPS[group]),
    ]),
  )
  const counts = await Promise.all(topics.map((topic) => deployment.count(topic)))
  return counts.reduce((sum, count) => sum + count, 0)
}

async function expectUndisturbedEnd(scenario: Scenario): Promise<void> {
  await scenario.settle()
  expect(await setAside(scenario.deployment)).toBe(0)
}

test('MongoDB away from detector and refresher: their circuits open and close by themselves, nothing is set aside', async () => {
  const scenario = await createScenario(onTestFinished, { title: 'guards of MongoDB' })
  const { deployment } = scenario
  const [near, far] = [await proxiedMongo(), await proxiedMongo()]
  await deployment.start('ingest')
  const detector = await deployment.start('detector', near.env)
  const refresher = await deployment.start('refresher', far.env)

  // The refresher loses it first, so that the detector's commands make it ask.
  await far.proxy.set('refuse')
  const provider = scenario.provide()
  await untilOpen(refresher, 'mongodb')
  await near.proxy.set('refuse')
  await untilOpen(detector, 'mongodb')
  await provider.done
  await untilTrue(async () => (await refresher.metric('guard_rejections_total')) > 0)

  await Promise.all([near.proxy.set('pass'), far.proxy.set('pass')])
  const closedMs = await timeOf(() => Promise.all([detector, refresher].map((one) => untilClosed(one, 'mongodb'))))
  printFigure('guards of MongoDB', { 'closed and ready after its return': closedMs })
  await expectUndisturbedEnd(scenario)
})

test('the registry away from a detector that knows no schema yet: it waits, and goes on by itself', async () => {
  const scenario = await createScenario(onTestFinished, { title: 'guard of the registry' })
  const { deployment } = scenario
  const { proxy, url } = await proxied(process.env.SCHEMA_REGISTRY_URL)
  await deployment.start('ingest')
  await deployment.start('refresher')
  const detector = await deployment.start('detector', { SCHEMA_REGISTRY_URL: url.href })

  await proxy.set('refuse')
  const provider = scenario.provide()
  await untilOpen(detector, 'registry')
  await provider.done
  expect(await deployment.collections.webhookEvents.countDocuments()).toBe(0)

  await proxy.set('pass')
  const closedMs = await timeOf(() => untilClosed(detector, 'registry'))
  printFigure('guard of the registry', { 'closed and ready after its return': closedMs })
  await expectUndisturbedEnd(scenario)
})
