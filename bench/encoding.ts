import { createRequire } from 'node:module'
import { replaceEncoders } from '@buyer-group/shared/kafka/replace-encoders.ts'
import { median } from './median.ts'

/**
 * `npm run bench:encoding`: what it takes to encode a request with 32 of ingest's messages, by kafkajs's own encoders and
 * with ours in their place, in turn; the medians count.
 */
const ROUNDS = 9
const REQUESTS = 1_000
const MESSAGES = 32

interface RequestEncoder {
  encode(): Promise<unknown>
}
type Produce = (request: object) => RequestEncoder

const require = createRequire(import.meta.url)
const PRODUCE = 'kafkajs/src/protocol/requests/produce/v3/request'

const request = {
  acks: -1,
  timeout: 10_000,
  topicData: [
    {
      topic: 'buyer-group.person-changes.v1',
      partitions: [{ partition: 0, firstSequence: 0, messages: Array.from({ length: MESSAGES }, toMessage) }],
    },
  ],
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
for (const path of Object.keys(require.cache)) if (path.includes('/kafkajs/src/protocol/')) delete require.cache[path]
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
async function measure(produce: Produce): Promise<number> {
  const before = process.cpuUsage()
  for (let number = 0; number < REQUESTS; number += 1) await produce(request).encode()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (REQUESTS * MESSAGES)
}
