import { setTimeout as wait } from 'node:timers/promises'
import { startKafkaBroker } from '@buyer-group/testing/faults/kafka-cluster.ts'
import { printFigure, timeOf } from '@buyer-group/testing/faults/measure.ts'
import { expectSurvivors, isReady } from '@buyer-group/testing/faults/survivors.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

/** Longer than a consumer's session (10 s) and than any one request is tried again. */
const LONG_OUTAGE_MS = 20_000

/** "Accepting again within 10 s of the broker's return" on a quiet machine; a busy one gets this. */
const ACCEPTING_WITHIN_MS = 60_000

test('a broker that is killed under load, briefly and for long, loses nothing: 503 meanwhile, and all goes on by itself', async () => {
  const broker = await startKafkaBroker(onTestFinished)
  const scenario = await createScenario(onTestFinished, {
    title: 'row 6',
    load: { real: 1_000, moves: 100, duplicates: 0.2 },
    stack: { kafkaBrokers: broker.address },
  })
  const services = await Promise.all(
    (['ingest', 'detector', 'refresher'] as const).map((name) => scenario.deployment.start(name)),
  )
  const provider = scenario.provide({ perSecond: 60 })
  const refused = () => provider.answers.get(503) ?? 0

  for (const [part, outageMs] of [
    [0.2, 0],
    [0.5, LONG_OUTAGE_MS],
  ] as const) {
    await provider.untilAccepted(Math.ceil(part * scenario.sent.length))
    const refusedBefore = refused()
    await broker.kill()
    await untilTrue(async () => refused() > refusedBefore)
    for (const service of services) await untilTrue(async () => !(await isReady(service)))
    await wait(outageMs)

    const acceptedBefore = provider.accepted.size
    await broker.start()
    const acceptingMs = await timeOf(() => untilTrue(async () => provider.accepted.size > acceptedBefore))
    const readyMs = await timeOf(() =>
      Promise.all(services.map((service) => untilTrue(() => isReady(service), ACCEPTING_WITHIN_MS))),
    )
    printFigure(`row 6, broker away for ${outageMs / 1_000} s and its restart`, {
      'accepting again after': acceptingMs,
      'all ready after': acceptingMs + readyMs,
    })
    expect(acceptingMs).toBeLessThan(ACCEPTING_WITHIN_MS)
  }

  await scenario.settle()
  await expectSurvivors(services)
})
