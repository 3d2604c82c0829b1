import { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded, type TopicMessages } from 'kafkajs'
import { expect, test } from 'vitest'
import { createSendWhole } from './send-whole.ts'

const messages: TopicMessages[] = [
  { topic: 'one', messages: [{ key: 'a', value: '1' }] },
  { topic: 'other', messages: [{ key: 'b', value: '2' }] },
]

/** A producer whose first tries fail with these errors. */
function failing(...errors: Error[]) {
  const sent: (TopicMessages[] | undefined)[] = []
  return {
    sent,
    sendBatch: async ({ topicMessages }: { topicMessages?: TopicMessages[] }) => {
      sent.push(topicMessages)
      const error = errors.shift()
      if (error !== undefined) throw error
      return []
    },
  }
}

const exceeded = (retryCount: number) =>
  new KafkaJSNumberOfRetriesExceeded(new Error('not the leader'), { retryCount, retryTime: 1 })

test('what failed in part for a reason that may pass is sent again as a whole', async () => {
  const producer = failing(exceeded(0), exceeded(0))
  await createSendWhole(producer)(messages)
  expect(producer.sent).toEqual([messages, messages, messages])
})

test.each([
  ['is refused for good', new KafkaJSNonRetriableError('too large')],
  ['gave up after tries of its own', exceeded(8)],
])('what %s is not sent again', async (_, error) => {
  const producer = failing(error)
  await expect(createSendWhole(producer)(messages)).rejects.toBe(error)
  expect(producer.sent).toHaveLength(1)
})

test('what does not pass is given up after some tries', async () => {
  const producer = failing(...Array.from({ length: 9 }, () => exceeded(0)))
  await expect(createSendWhole(producer)(messages)).rejects.toThrow('not the leader')
  expect(producer.sent).toHaveLength(6)
})
