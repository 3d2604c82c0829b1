import { setTimeout as wait } from 'node:timers/promises'
import { startKafkaBroker } from '@buyer-group/testing/faults/kafka-cluster.ts'
import { printFigure, timeOf } from '@buyer-group/testing/faults/measure.ts'
import { expectSurvivors, isReady } from '@buyer-group/testing/faults/survivors.ts'
import type { ProxyMode } from '@buyer-group/testing/faults/tcp-proxy.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

/** Longer than a session and the time a request may take (10 s each): others take over, and connections are given up. */
const FAULT_MS = 22_000

/** "Work of a consumer that is gone is taken over within the session timeout plus 5 s"; a busy machine gets this. */
const TAKEN_OVER_WITHIN_MS = 60_000

/** Events a second: with the load below, it outlasts the fault. */
const PER_SECOND = 40

const CASES: readonly { readonly network: string; readonly mode: ProxyMode }[] = [
  { network: 'hangs', mode: 'hang' },
  { network: 'resets every connection', mode: 'reset' },
  { network: 'drops acknowledgements', mode: 'dropAcknowledgements' },
]

test.each(CASES)(
  'the network between each service and Kafka $network: others take over, and who was cut off does no harm',
  async ({ network, mode }) => {
    const broker = await startKafkaBroker(onTestFinished, { proxied: ['ingest', 'detector', 'refresher'] })
    const scenario = await createScenario(onTestFinished, {
      title: `row 8, the network ${network}`,
      load: { real: 1_200, moves: 60, duplicates: 0.1 },
      stack: { kafkaBrokers: broker.address },
    })
    const { deployment, sent } = scenario
    const behindProxy = (name: 'ingest' | 'detector' | 'refresher') =>
      deployment.start(name, { KAFKA_BROKERS: `127.0.0.1:${broker.proxies[name].port}` })
    const cutOff = await Promise.all([behindProxy('ingest'), behindProxy('detector'), behindProxy('refresher')])
    const others = await Promise.all([deployment.start('detector'), deployment.start('refresher')])
    const provider = scenario.provide({ perSecond: PER_SECOND })
    const proxies = Object.values(broker.proxies)
    const decided = () => deployment.collections.webhookEvents.countDocuments({ processed: true })

    await provider.untilAccepted(sent.length * 0.2)
    for (const proxy of proxies) await proxy.set(mode)
    const cutOffAt = performance.now()
    await untilTrue(async () => (provider.answers.get(503) ?? 0) > 0)
    const recorded = await deployment.collections.webhookEvents.countDocuments()
    const takeoverMs = await timeOf(() => untilTrue(async () => (await decided()) >= recorded, TAKEN_OVER_WITHIN_MS))
    await wait(Math.max(0, FAULT_MS - (performance.now() - cutOffAt)))

    const accepted = provider.accepted.size
    for (const proxy of proxies) await proxy.set('pass')
    const acceptingMs = await timeOf(() => untilTrue(async () => provider.accepted.size > accepted))
    await Promise.all(cutOff.map((service) => untilTrue(() => isReady(service))))
    printFigure(`row 8, the network ${network} for ${FAULT_MS / 1_000} s`, {
      'everything accepted before was decided after': takeoverMs,
      'accepting again after': acceptingMs,
    })

    await scenario.settle()
    await expectSurvivors([...cutOff, ...others])
    if (mode === 'dropAcknowledgements') for (const proxy of proxies) expect(proxy.droppedBytes()).toBeGreaterThan(0)
  },
)
