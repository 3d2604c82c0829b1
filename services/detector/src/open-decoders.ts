import type { MessageBySchema } from '@buyer-group/shared/avro/schemas.ts'
import type { Decode } from '@buyer-group/shared/kafka/consumer-types.ts'
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
    [topics.name(TOPICS.personChanges), async ({ value }) => readPersonChange(await decodeChange(value))],
    [topics.name(TOPICS.refreshRequests), async ({ value }) => readRefreshRequest(await decodeRequest(value))],
  ])
}
