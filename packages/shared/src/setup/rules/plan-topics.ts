import { ALL_TOPICS, topicNames } from '../../messages/topic-names.ts'
import type { TopicSpec } from '../../messages/topic-spec.ts'
import { CONSUMED_TOPICS, GROUPS, TOPICS, type TopicName } from '../../messages/topics.ts'

const DAY_MS = 24 * 60 * 60 * 1_000

/** How long a dead letter waits for someone to look at it. */
const DEAD_LETTER_DAYS = 30

/** A message waits minutes in a retry topic; the days are for a group that is down. */
const RETRY_DAYS = 14

/** Few messages come this way, and keys still spread over the instances. */
const RETRY_PARTITIONS = 3

/** Days that each topic keeps its messages (system.md, "Topics"); `compacted` keeps the latest of each key for ever. */
const KEPT: Readonly<Record<TopicName, number | 'compacted'>> = {
  [TOPICS.personChanges]: 14,
  [TOPICS.refreshRequests]: 14,
  [TOPICS.refreshCommandsHigh]: 7,
  [TOPICS.refreshCommandsNormal]: 7,
  [TOPICS.refreshCommandsLow]: 7,
  [TOPICS.refreshResults]: 30,
  [TOPICS.current]: 'compacted',
}

/**
 * Most bytes of one message where it can outgrow the broker's default of 1 MiB: a result names every member up to three
 * times, and a retry or a dead letter is what its topic took with headers on top. 16 MiB hold a group of tens of thousands.
 */
const LARGE_MESSAGE_BYTES = 16 * 1024 * 1024

const HOLDS_LARGE_MESSAGES = new Set<TopicName>([TOPICS.refreshResults, TOPICS.current])

/**
 * Every topic that one deployment needs: the public ones with `partitions` each, and for each that a service consumes
 * its retry topics and a dead-letter topic with one partition. Names carry the deployment's prefix.
 */
export function planTopics(prefix: string, partitions: number): readonly TopicSpec[] {
  const names = topicNames(prefix)
  const contract = ALL_TOPICS.map((topic) => ({
    topic: names.name(topic),
    partitions,
    config: { ...configFor(KEPT[topic]), ...(HOLDS_LARGE_MESSAGES.has(topic) ? LARGE_MESSAGES : {}) },
  }))
  const deadLetters = groups().flatMap((group) =>
    CONSUMED_TOPICS[group].map((topic) => ({
      topic: names.deadLetter(topic, GROUPS[group]),
      partitions: 1,
      config: { ...configFor(DEAD_LETTER_DAYS), ...LARGE_MESSAGES },
    })),
  )
  const retries = groups().flatMap((group) =>
    CONSUMED_TOPICS[group].flatMap((consumed) =>
      names.retries(consumed, GROUPS[group]).map((topic) => ({
        topic,
        partitions: RETRY_PARTITIONS,
        config: { ...configFor(RETRY_DAYS), ...LARGE_MESSAGES },
      })),
    ),
  )
  return [...contract, ...retries, ...deadLetters]
}

const LARGE_MESSAGES = { 'max.message.bytes': String(LARGE_MESSAGE_BYTES) }

const groups = () => Object.keys(GROUPS) as (keyof typeof GROUPS)[]

/**
 * Messages bear the time at which the broker took them. One that bore its sender's would be refused where that clock is
 * over an hour ahead (`message.timestamp.after.max.ms`), and one from a clock behind be deleted before its time.
 */
const BY_THE_BROKERS_CLOCK = { 'message.timestamp.type': 'LogAppendTime' }

function configFor(kept: number | 'compacted'): Readonly<Record<string, string>> {
  return kept === 'compacted'
    ? { ...BY_THE_BROKERS_CLOCK, 'cleanup.policy': 'compact' }
    : { ...BY_THE_BROKERS_CLOCK, 'cleanup.policy': 'delete', 'retention.ms': String(kept * DAY_MS) }
}
