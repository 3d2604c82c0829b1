import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { COMMAND_TOPICS, TOPICS, type TopicName } from '@buyer-group/shared/messages/topics.ts'
import { expect } from 'vitest'
import type { Deployment } from '../processes/deployment.ts'

/**
 * I4 at this very moment, whatever is under way: every person change behind a committed offset is decided, every command
 * behind one has ended. Commits are read first, so that work which ends in between does no harm. For deployments in
 * which nothing is dead-lettered.
 */
export async function checkCommitsFollowWork(deployment: Deployment): Promise<void> {
  const { webhookEvents, pipelineOperations } = deployment.collections
  const registry = createRegistry(deployment.schemaRegistryUrl)
  const decodeChange = openDecoder(registry, 'person-change')
  const decodeCommand = openDecoder(registry, 'refresh-command')
  const committed = await deployment.committed()
  const behindCommit = async (topic: TopicName) =>
    (await deployment.readBytes(topic)).filter(
      ({ partition, offset }) =>
        Number(offset) < (committed.get(`${deployment.topicPrefix}${topic}/${partition}`) ?? 0),
    )

  const keys = new Set<string>()
  for (const { value } of await behindCommit(TOPICS.personChanges)) {
    const { source, eventId } = await decodeChange(value)
    keys.add(`${source}:${eventId}`)
  }
  const decided = await webhookEvents.countDocuments({ idempotencyKey: { $in: [...keys] }, processed: true })
  expect(decided, 'person changes behind committed offsets are decided').toBe(keys.size)

  const commands = new Set<string>()
  for (const topic of Object.values(COMMAND_TOPICS)) {
    for (const { value } of await behindCommit(topic)) commands.add((await decodeCommand(value)).commandId)
  }
  const ended = await pipelineOperations.countDocuments({
    'input.commandId': { $in: [...commands] },
    status: { $in: ['completed', 'superseded'] },
  })
  expect(ended, 'commands behind committed offsets have ended').toBe(commands.size)
}
