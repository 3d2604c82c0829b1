/** The public topics (system.md, "Topics"). The key of every message is the company id. */
export const TOPICS = {
  personChanges: 'buyer-group.person-changes.v1',
  refreshRequests: 'buyer-group.refresh-requests.v1',
  refreshCommandsHigh: 'buyer-group.refresh-commands.high.v1',
  refreshCommandsNormal: 'buyer-group.refresh-commands.normal.v1',
  refreshCommandsLow: 'buyer-group.refresh-commands.low.v1',
  refreshResults: 'buyer-group.refresh-results.v1',
  current: 'buyer-group.current.v1',
} as const

export type TopicName = (typeof TOPICS)[keyof typeof TOPICS]

/** Consumer groups of our services; they name their retry and dead-letter topics too. */
export const GROUPS = { detector: 'detector', refresher: 'refresher' } as const

export type Priority = 'high' | 'normal' | 'low'

export const COMMAND_TOPICS: Readonly<Record<Priority, TopicName>> = {
  high: TOPICS.refreshCommandsHigh,
  normal: TOPICS.refreshCommandsNormal,
  low: TOPICS.refreshCommandsLow,
}

/** Where a group puts what it can never process: original bytes, key and headers, with the reason in headers. */
export function deadLetterTopic(topic: string, group: string): string {
  return `${topic}.${group}.dlq`
}

/** How many retry topics a consumed topic has: all exist and are read, however many delays are configured. */
export const RETRY_LEVELS = 3

/** Where a group puts what it could not process yet, in the order of the attempts: `<topic>.<group>.retry.<n>`, n from 1. */
export function retryTopics(topic: string, group: string): readonly string[] {
  return Array.from({ length: RETRY_LEVELS }, (_, index) => `${topic}.${group}.retry.${index + 1}`)
}

/** The topics each group reads, and so those it needs retry topics and dead letters for. */
export const CONSUMED_TOPICS: Readonly<Record<keyof typeof GROUPS, readonly TopicName[]>> = {
  detector: [TOPICS.personChanges, TOPICS.refreshRequests],
  refresher: [TOPICS.refreshCommandsHigh, TOPICS.refreshCommandsNormal, TOPICS.refreshCommandsLow],
}
