import { describePublisher } from '../contracts/publisher-contract.ts'
import { createMemoryBroker, createMemoryPublisher } from './memory-broker.ts'

describePublisher('memory', async () => {
  const topics = new Map([
    ['one', 3],
    ['two', 3],
  ])
  const broker = createMemoryBroker({ topics, now: () => 0 })
  return {
    publisher: createMemoryPublisher(broker),
    topics: ['one', 'two'],
    readAll: async (topic) => broker.readAll(topic),
  }
})
