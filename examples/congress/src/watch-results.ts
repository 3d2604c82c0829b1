import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import type { Deployment } from './open-deployment.ts'
import { createResultsFollower, type ResultsSoFar } from './rules/follow-results.ts'

export interface ResultsWatch {
  /** Every delivery so far, repeats included. */
  delivered(): number
  soFar(): ResultsSoFar
  stop(): Promise<void>
}

/** Subscribes to the results from the beginning, as another team would, and follows what they promise. */
export async function watchResults(deployment: Deployment, registryUrl: string): Promise<ResultsWatch> {
  const names = topicNames(deployment.topicPrefix)
  const decode = openDecoder(createRegistry(registryUrl), 'refresh-result')
  const follower = createResultsFollower()
  let delivered = 0
  // A fetch a second at most: how fast results are read is not what the demo measures, and it shares the machine.
  const consumer = deployment.kafka.consumer({
    groupId: names.group('demo-subscriber'),
    minBytes: 256 * 1024,
    maxWaitTimeInMs: 1_000,
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [names.name(TOPICS.refreshResults)], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      follower.see(await decode(message.value))
      delivered += 1
    },
  })
  return { delivered: () => delivered, soFar: follower.soFar, stop: () => consumer.disconnect() }
}
