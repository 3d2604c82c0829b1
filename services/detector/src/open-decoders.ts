import type { MessageBySchema } from '@buyer-group/shared/avro/schemas.ts'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Decode } from '@buyer-group/shared/kafka/consumer-types.ts'
import { personChangeKey } from '@buyer-group/shared/messages/person-change-key.ts'
import type { TopicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { readPersonChange } from './read-person-change.ts'
import { readRefreshRequest } from './read-refresh-request.ts'
import type { DetectorMessage } from './rules/detector-message.ts'

type DecodeBytes<Message> = (bytes: Buffer | null) => Promise<Message>

/** The topics that the detector consumes, each with how its bytes become a checked message. */
export function openDecoders(
  topics: TopicNames,
  decodeChange: DecodeBytes<MessageBySchema['person-change']>,
  decodeRequest: DecodeBytes<MessageBySchema['refresh-request']>,
): ReadonlyMap<string, Decode<DetectorMessage>> {
  return new Map<string, Decode<DetectorMessage>>([
    [
      topics.name(TOPICS.personChanges),
      async ({ key, value }) => ownedBy(key, readPersonChange(await decodeChange(value))),
    ],
    [
      topics.name(TOPICS.refreshRequests),
      async ({ key, value }) => ownedBy(key, readRefreshRequest(await decodeRequest(value))),
    ],
  ])
}

/**
 * The order of a company's messages rests on its being their key (system.md, "Topics"); a change that names no company has
 * its person's.
 * @throws AppError `invalid_message` (permanent) where another key stands.
 */
function ownedBy(key: Buffer | null, message: DetectorMessage): DetectorMessage {
  const expected = message.kind === 'change' ? personChangeKey(message.change) : message.request.companyId
  if (key?.toString() === expected) return message
  throw new AppError('the message key is not its companyId', { code: 'invalid_message', fate: 'permanent' })
}
