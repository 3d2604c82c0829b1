import { createRequire } from 'node:module'
import { replaceEncoders } from '@buyer-group/shared/kafka/replace-encoders.ts'
import { median } from './median.ts'

/**
 * `npm run bench:encoding`: what it takes to make of 32 of ingest's messages, which go to 12 partitions, the bytes for the
 * socket, by kafkajs's own encoders and with ours in their place, in turn; the medians count.
 */
const ROUNDS = 9
const REQUESTS = 1_000
const MESSAGES = 32
const PARTITIONS = 12

type Produce = (produce: object) => { encode(): Promise<unknown> }
type Frame = (options: { request: object; correlationId: number; clientId: string }) => Promise<{ buffer: Buffer }>

const require = createRequire(import.meta.url)
const PRODUCE = require.resolve('kafkajs/src/protocol/requests/produce/v3/request')
const frame = require('kafkajs/src/protocol/request') as Frame

const messages = Array.from({ length: MESSAGES }, toMessage)
const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({
  partition,
  firstSequence: 0,
  messages: messages.filter((__, number) => number % PARTITIONS === partition),
}))
const produce = {
  acks: -1,
  timeout: 10_000,
  topicData: [{ topic: 'buyer-group.person-changes.v1', partitions }],
}

function toMessage(_: unknown, number: number) {
  return {
    key: `company-${number}`,
    value: Buffer.alloc(580, number),
    headers: {
      ce_id: `test:evt_${number}`,
      ce_source: '/buyer-group/ingest/test',
      ce_type: 'person.promotion',
      ce_time: '2026-01-15T09:30:00.000Z',
      ce_specversion: '1.0',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
  }
}

const kafkajs = require(PRODUCE) as Produce
replaceEncoders()
const ours = require(PRODUCE) as Produce

const rounds: { kafkajs: number; ours: number }[] = []
for (let round = 0; round <= ROUNDS; round += 1) {
  const pair = { kafkajs: await measure(kafkajs), ours: await measure(ours) }
  if (round > 0) rounds.push(pair) // the first warms up
}
const theirs = median(rounds.map((round) => round.kafkajs))
const own = median(rounds.map((round) => round.ours))
console.log(`kafkajs   ${theirs.toFixed(1)} µs a message`)
console.log(`ours      ${own.toFixed(1)} µs a message`)
console.log(`ratio     ${median(rounds.map((round) => round.ours / round.kafkajs)).toFixed(2)}`)

/** Processor time in microseconds a message. */
async function measure(create: Produce): Promise<number> {
  const before = process.cpuUsage()
  for (let number = 0; number < REQUESTS; number += 1) {
    await frame({ request: create(produce), correlationId: number, clientId: 'ingest' })
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (REQUESTS * MESSAGES)
}
