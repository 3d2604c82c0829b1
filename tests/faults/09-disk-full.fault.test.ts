import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { openFillableDisk } from '@buyer-group/testing/faults/fillable-disk.ts'
import { startFlood } from '@buyer-group/testing/faults/flood.ts'
import { startKafkaBroker } from '@buyer-group/testing/faults/kafka-cluster.ts'
import { printFigure, timeOf } from '@buyer-group/testing/faults/measure.ts'
import { expectSurvivors } from '@buyer-group/testing/faults/survivors.ts'
import { watchCount } from '@buyer-group/testing/faults/watch-count.ts'
import { TEST_SECRET } from '@buyer-group/testing/processes/deployment.ts'
import { startProvider } from '@buyer-group/testing/scenarios/provider-client.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

const MIB = 1024 * 1024

/** Each event close to what is accepted at most (256 KiB), from many connections at once. */
const FLOOD = { events: 200, bytes: 200_000, connections: 64 }

/** What intake may take more of memory while nothing goes through. */
const MOST_GROWTH_BYTES = 400 * MIB

/** Sent while the disk is full: if it were kept, it would show. */
const FLOOD_BYTES = 1.2 * MOST_GROWTH_BYTES

/** How long that may take on a busy machine. */
const FLOODED_WITHIN_MS = 150_000

function flood() {
  return Array.from({ length: FLOOD.events }, (_, index) =>
    nativeEvent({
      id: `flood_${index}`,
      company: { id: `flooded_${index % 20}`, name: 'Flooded' },
      person: { id: `flood_${index}`, name: 'Somebody', newTitle: 'CTO', note: 'x'.repeat(FLOOD.bytes) },
    }),
  )
}

test('a full disk of the broker: 503 with bounded memory while it lasts, and all goes on once there is room and a broker again', async () => {
  const disk = await openFillableDisk(onTestFinished)
  const broker = await startKafkaBroker(onTestFinished, { directory: disk.directory })
  const scenario = await createScenario(onTestFinished, {
    title: 'row 9',
    load: { real: 600, moves: 50, duplicates: 0.2 },
    stack: { kafkaBrokers: broker.address },
  })
  const { deployment, random } = scenario
  const services = await Promise.all([
    deployment.start('ingest'),
    deployment.start('detector'),
    deployment.start('refresher'),
  ])
  const [ingest] = services
  const provider = scenario.provide({ perSecond: 60 })
  await provider.untilAccepted(200)

  const memory = () => ingest.metric('process_resident_memory_bytes')
  const before = await memory()
  let most = before
  watchCount(onTestFinished, async () => {
    most = Math.max(most, await memory())
    return most
  })
  await disk.fill(broker)
  const more = flood()
  const flooding = startFlood(deployment.ingestUrl, more, TEST_SECRET, FLOOD.connections)
  await untilTrue(async () => !broker.isRunning())
  const refusedBefore = flooding.answers.get(503) ?? 0
  const floodMs = await timeOf(() => untilTrue(async () => flooding.sentBytes() > FLOOD_BYTES, FLOODED_WITHIN_MS))
  await flooding.stop()
  const refused = flooding.answers.get(503) ?? 0
  expect(refused).toBeGreaterThan(refusedBefore)

  await disk.free()
  const accepted = provider.accepted.size
  await broker.start()
  const acceptingMs = await timeOf(() => untilTrue(async () => provider.accepted.size > accepted))
  printFigure(`row 9, ${disk.kind}`, { flooded: floodMs, 'accepting again after the restart by': acceptingMs })
  console.log(
    `row 9: ingest took ${Math.round(before / MIB)} MiB before, at most ${Math.round(most / MIB)} MiB while ${refused} large requests were answered 503`,
  )

  // What was answered 503 may stand in Kafka nevertheless; the provider goes on until it is told so.
  await startProvider({
    events: more,
    urls: () => [deployment.ingestUrl],
    secret: TEST_SECRET,
    concurrency: 16,
    timeoutMs: 15_000,
    random,
  }).done
  await scenario.settle({ more })
  expect(most - before).toBeLessThan(MOST_GROWTH_BYTES)
  await expectSurvivors(services)
})
