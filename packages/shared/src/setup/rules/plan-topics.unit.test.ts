import { expect, test } from 'vitest'
import { planTopics } from './plan-topics.ts'

const DAY_MS = 86_400_000

test('plans the topics of the contract with their retention, with retry topics and a dead-letter topic for each that is consumed', () => {
  const plan = planTopics('', 12).map(
    ({ topic, partitions, config }) =>
      `${topic} ${partitions} ${config['retention.ms'] ? Number(config['retention.ms']) / DAY_MS : config['cleanup.policy']}`,
  )
  expect(plan).toEqual([
    'buyer-group.person-changes.v1 12 14',
    'buyer-group.refresh-requests.v1 12 14',
    'buyer-group.refresh-commands.high.v1 12 7',
    'buyer-group.refresh-commands.normal.v1 12 7',
    'buyer-group.refresh-commands.low.v1 12 7',
    'buyer-group.refresh-results.v1 12 30',
    'buyer-group.current.v1 12 compact',
    'buyer-group.person-changes.v1.detector.retry.1 3 14',
    'buyer-group.person-changes.v1.detector.retry.2 3 14',
    'buyer-group.person-changes.v1.detector.retry.3 3 14',
    'buyer-group.refresh-requests.v1.detector.retry.1 3 14',
    'buyer-group.refresh-requests.v1.detector.retry.2 3 14',
    'buyer-group.refresh-requests.v1.detector.retry.3 3 14',
    'buyer-group.refresh-commands.high.v1.refresher.retry.1 3 14',
    'buyer-group.refresh-commands.high.v1.refresher.retry.2 3 14',
    'buyer-group.refresh-commands.high.v1.refresher.retry.3 3 14',
    'buyer-group.refresh-commands.normal.v1.refresher.retry.1 3 14',
    'buyer-group.refresh-commands.normal.v1.refresher.retry.2 3 14',
    'buyer-group.refresh-commands.normal.v1.refresher.retry.3 3 14',
    'buyer-group.refresh-commands.low.v1.refresher.retry.1 3 14',
    'buyer-group.refresh-commands.low.v1.refresher.retry.2 3 14',
    'buyer-group.refresh-commands.low.v1.refresher.retry.3 3 14',
    'buyer-group.person-changes.v1.detector.dlq 1 30',
    'buyer-group.refresh-requests.v1.detector.dlq 1 30',
    'buyer-group.refresh-commands.high.v1.refresher.dlq 1 30',
    'buyer-group.refresh-commands.normal.v1.refresher.dlq 1 30',
    'buyer-group.refresh-commands.low.v1.refresher.dlq 1 30',
  ])
})

test('puts the prefix before every name', () => {
  expect(planTopics('demo.', 3).every(({ topic }) => topic.startsWith('demo.buyer-group.'))).toBe(true)
})

test('lets a result, a current state, a retry and a dead letter outgrow the default of 1 MiB', () => {
  const large = planTopics('', 3).flatMap(({ topic, config }) => (config['max.message.bytes'] ? [topic] : []))
  expect(large.filter((topic) => !/\.(dlq|retry\.\d)$/.test(topic))).toEqual([
    'buyer-group.refresh-results.v1',
    'buyer-group.current.v1',
  ])
  expect(large.filter((topic) => topic.endsWith('.dlq'))).toHaveLength(5)
  expect(large.filter((topic) => /\.retry\.\d$/.test(topic))).toHaveLength(15)
})

test('lets no writer’s clock stamp a message: the broker refuses one that is more than an hour ahead', () => {
  for (const { config } of planTopics('', 3)) expect(config['message.timestamp.type']).toBe('LogAppendTime')
})
