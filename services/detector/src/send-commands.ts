import { makeTraceparent } from '@buyer-group/shared/messages/traceparent.ts'
import type { OutboxCommand } from '@buyer-group/shared/mongo/collections.ts'
import type { Detector } from './detector.ts'
import { toCommandHeaders, toRefreshCommand } from './rules/to-refresh-command.ts'
import { toRefreshLog } from './rules/to-refresh-log.ts'

/**
 * Brings claimed commands from their outboxes to Kafka. The order matters:
 * the log first, so that a manual request that is delivered again is recognised even after its outbox was cleared;
 * the outbox last, so that whoever dies on the way leaves it to be swept. A command produced twice is the same command.
 * @param traceparents by company, where one is known; a command without one (a trailing refresh covers changes of many
 * traces) begins a new one.
 * @throws what the stores and the publisher throw; every step may be repeated.
 */
export async function sendCommands(
  detector: Detector,
  commands: readonly OutboxCommand[],
  traceparents: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  if (commands.length === 0) return
  const { stores, publisher, commandTopics, metrics } = detector
  await stores.logs.insert(commands.map(toRefreshLog))
  await publisher.publish(
    commands.map((command) => {
      const { topic, encode } = commandTopics[command.priority]
      const headers = toCommandHeaders(command, traceparents.get(command.companyId) ?? makeTraceparent())
      return { topic, key: command.companyId, value: encode(toRefreshCommand(command)), headers }
    }),
  )
  for (const { reason } of commands) metrics.commands.inc({ reason })
  await stores.windows.clearOutboxes(commands)
}
