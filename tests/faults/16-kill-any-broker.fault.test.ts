import { type OwnBroker, startKafkaCluster } from '@buyer-group/testing/faults/kafka-cluster.ts'
import { printFigure, timeOf } from '@buyer-group/testing/faults/measure.ts'
import { expectSurvivors } from '@buyer-group/testing/faults/survivors.ts'
import { watchCount } from '@buyer-group/testing/faults/watch-count.ts'
import { watchLeaders } from '@buyer-group/testing/faults/watch-leaders.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

/** After the last partition has a leader again, a provider may still be told 503 for this long on a busy machine. */
const GRACE_MS = 15_000

test('any one of three brokers is killed under load: nothing is lost, and 503 ends with the election of new leaders', async () => {
  const cluster = await startKafkaCluster(onTestFinished, { brokers: 3 })
  const scenario = await createScenario(onTestFinished, {
    title: 'row 16',
    load: { real: 2_000, moves: 100, duplicates: 0.2 },
    stack: { kafkaBrokers: cluster.address },
  })
  const { deployment, sent } = scenario
  const leaders = await watchLeaders(onTestFinished, deployment)
  expect(await leaders.copies()).toBe(3)
  const services = await Promise.all(
    (['ingest', 'detector', 'refresher'] as const).map((name) => deployment.start(name)),
  )
  const provider = scenario.provide({ perSecond: 60 })
  const accepted = watchCount(onTestFinished, () => provider.accepted.size)
  const refused = watchCount(onTestFinished, () => provider.answers.get(503) ?? 0)

  const killInTurn = async (broker: OwnBroker, part: number) => {
    await provider.untilAccepted(Math.ceil(part * sent.length))
    const killedAt = performance.now()
    await broker.kill()
    const electionMs = await timeOf(() => untilTrue(() => leaders.allOnOthersThan(broker.nodeId)))
    const before = provider.accepted.size
    const acceptingMs = await timeOf(() => untilTrue(async () => provider.accepted.size > before))
    await broker.start()
    await untilTrue(() => leaders.allInSync())
    const lastRefusalMs = Math.max(0, refused.lastGrowthAt() - killedAt)
    printFigure(`row 16, broker ${broker.nodeId} killed`, {
      'leaders elected after': electionMs,
      'last 503 after': lastRefusalMs,
      'longest stall of the intake': accepted.longestStallMs(killedAt),
      'accepting after the election': acceptingMs,
    })
    expect(lastRefusalMs).toBeLessThan(electionMs + GRACE_MS)
  }
  for (const [index, broker] of cluster.brokers.entries()) await killInTurn(broker, 0.15 + 0.25 * index)

  await scenario.settle()
  await expectSurvivors(services)
})
