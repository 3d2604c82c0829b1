import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { createTopics } from '@buyer-group/shared/kafka/create-topics.ts'
import { openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { done } from '@buyer-group/shared/outcomes/verdict.ts'
import { median } from './median.ts'
import { type Drain, type Drained, drainEachBatch, drainOneAtATime, drainRunner } from './runner-drains.ts'
import { stackAddresses } from './stack-addresses.ts'

/**
 * `npm run bench:runner`: what the consumer runner costs and what it gains, beside kafkajs alone over the same messages
 * in the same process. Each drain reads the topic from its beginning; all take turns, so the ratios hold on a machine
 * that drifts; the medians of the rounds count.
 *
 * A trivial handler: kafkajs's `eachBatch` against the runner with a handler of batches and with one of single messages.
 * A handler that waits: one message at a time against the runner's keys side by side.
 */
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '200000' },
    keys: { type: 'string', default: '1000' },
    partitions: { type: 'string', default: '12' },
    bytes: { type: 'string', default: '500' },
    wait: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
})
const keys = Number(flags.keys)
const messages = Number(flags.messages)
const waitMs = Number(flags.wait)

/** Enough for a steady rate of each, at some thousands a second and at fifty. */
const WAITING_MESSAGES = 20_000
const ONE_AT_A_TIME_MESSAGES = 100

interface Round {
  readonly eachBatch: Drain
  readonly batches: Drain
  readonly perKey: Drain
  readonly oneAtATime: Drain
  readonly sideBySide: Drain
}

const logger = createLogger('bench', 'error')
logWarnings(logger)
const addresses = stackAddresses(process.env)
const kafka = createKafka({ brokers: addresses.KAFKA_BROKERS.split(','), clientId: 'bench', logger })
const topic = `bench-${randomUUID().slice(0, 8)}`
const drained: Drained = { kafka, topic, messages, logger }

const admin = kafka.admin()
await admin.connect()
try {
  await createTopics(admin, [{ topic, numPartitions: Number(flags.partitions) }])
  await fill()
  await runRound()
  const rounds: Round[] = []
  for (let round = 1; round <= Number(flags.rounds); round += 1) {
    const measured = await runRound()
    rounds.push(measured)
    console.log(`round ${round}: ${describe(measured)}`)
  }
  report(rounds)
} finally {
  await admin.deleteTopics({ topics: [topic] }).catch(() => {})
  await admin.disconnect()
}

async function runRound(): Promise<Round> {
  return {
    eachBatch: await drainEachBatch(drained),
    batches: await drainRunner(drained, ({ begin, count }) => ({
      kind: 'batch',
      maxBatch: 1_000,
      handle: async (batch) => {
        begin()
        return batch.map(() => {
          count()
          return done
        })
      },
    })),
    perKey: await drainRunner(drained, ({ begin, count }) => ({
      kind: 'perKey',
      concurrency: keys,
      handle: async () => {
        begin()
        count()
        return done
      },
    })),
    oneAtATime: await drainOneAtATime({ ...drained, messages: ONE_AT_A_TIME_MESSAGES }, () => wait(waitMs)),
    sideBySide: await drainRunner(
      { ...drained, messages: Math.min(WAITING_MESSAGES, messages) },
      ({ begin, count }) => ({
        kind: 'perKey',
        concurrency: keys,
        handle: async () => {
          begin()
          await wait(waitMs)
          count()
          return done
        },
      }),
    ),
  }
}

async function fill(): Promise<void> {
  const publisher = await openPublisher(kafka)
  const value = Buffer.alloc(Number(flags.bytes), 'x')
  for (let from = 0; from < messages; from += 5_000) {
    const count = Math.min(5_000, messages - from)
    await publisher.publish(
      Array.from({ length: count }, (_, index) => ({
        topic,
        key: `company-${(from + index) % keys}`,
        value,
        headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', ce_type: 'bench' },
      })),
    )
  }
  await publisher.close()
}

function ratiosOf({ eachBatch, batches, perKey, oneAtATime, sideBySide }: Round) {
  return {
    batches: batches.perSecond / eachBatch.perSecond,
    perKey: perKey.perSecond / eachBatch.perSecond,
    sideBySide: sideBySide.perSecond / oneAtATime.perSecond,
    batchesCpu: eachBatch.cpuMicros / batches.cpuMicros,
    perKeyCpu: eachBatch.cpuMicros / perKey.cpuMicros,
  }
}

function describe(round: Round): string {
  const { batches, perKey, sideBySide, batchesCpu, perKeyCpu } = ratiosOf(round)
  return (
    `eachBatch ${Math.round(round.eachBatch.perSecond)}/s, runner in batches ${batches.toFixed(2)} ` +
    `(by processor time ${batchesCpu.toFixed(2)}), by message ${perKey.toFixed(2)} (${perKeyCpu.toFixed(2)}); ` +
    `waiting ${waitMs} ms one at a time ${round.oneAtATime.perSecond.toFixed(1)}/s, side by side ${sideBySide.toFixed(0)} times that`
  )
}

function report(rounds: readonly Round[]): void {
  const rate = (of: (round: Round) => Drain) => Math.round(median(rounds.map((round) => of(round).perSecond)))
  const ratio = (of: (ratios: ReturnType<typeof ratiosOf>) => number) =>
    Number(median(rounds.map((round) => of(ratiosOf(round)))).toFixed(3))
  const figures = {
    eachBatchPerSecond: rate((round) => round.eachBatch),
    batchesPerSecond: rate((round) => round.batches),
    perKeyPerSecond: rate((round) => round.perKey),
    ratioToEachBatch: ratio((ratios) => ratios.batches),
    ratioToEachBatchPerKey: ratio((ratios) => ratios.perKey),
    cpuRatioToEachBatch: ratio((ratios) => ratios.batchesCpu),
    cpuRatioToEachBatchPerKey: ratio((ratios) => ratios.perKeyCpu),
    oneAtATimePerSecond: rate((round) => round.oneAtATime),
    sideBySidePerSecond: rate((round) => round.sideBySide),
    timesOneAtATime: ratio((ratios) => ratios.sideBySide),
  }
  console.log(`\n${messages} messages of ${flags.bytes} bytes, ${keys} keys on ${flags.partitions} partitions,`)
  console.log(`medians of ${rounds.length} interleaved rounds`)
  console.log(`kafkajs eachBatch, trivial handler       ${figures.eachBatchPerSecond}/s`)
  console.log(
    `runner, trivial handler of batches       ${figures.batchesPerSecond}/s, ratio ${figures.ratioToEachBatch}`,
  )
  console.log(
    `runner, trivial handler of messages      ${figures.perKeyPerSecond}/s, ratio ${figures.ratioToEachBatchPerKey} (by processor time ${figures.cpuRatioToEachBatchPerKey})`,
  )
  console.log(`one at a time, waiting ${waitMs} ms             ${figures.oneAtATimePerSecond}/s`)
  console.log(
    `runner, waiting ${waitMs} ms                    ${figures.sideBySidePerSecond}/s, ${figures.timesOneAtATime} times`,
  )
  if (flags.json) console.log(JSON.stringify(figures))
}
