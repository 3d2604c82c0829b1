import { deadLetterTopic, type GROUPS, TOPICS } from '@buyer-group/shared/messages/topics.ts'

/** Longest delays of the three retry topics, in virtual milliseconds. */
export const RETRY_DELAYS_MS = [50, 300, 1_000] as const

export type GroupName = keyof typeof GROUPS

const CONSUMED: Readonly<Record<GroupName, readonly string[]>> = {
  detector: [TOPICS.personChanges, TOPICS.refreshRequests],
  refresher: [TOPICS.refreshCommandsHigh, TOPICS.refreshCommandsNormal, TOPICS.refreshCommandsLow],
}

/** `<topic>.<group>.retry.<n>`, n from 1. */
export const retryTopic = (topic: string, group: string, level: number) => `${topic}.${group}.retry.${level}`

/** A retry topic's original topic and the attempts that failed before a message got there. */
export interface Level {
  readonly topic: string
  readonly failedAttempts: number
  readonly longestDelayMs: number
}

/** What a group consumes: its topics, and its retry topics with their levels. */
export function topicsOf(group: GroupName): ReadonlyMap<string, Level | undefined> {
  return new Map(
    CONSUMED[group].flatMap((topic): [string, Level | undefined][] => [
      [topic, undefined],
      ...RETRY_DELAYS_MS.map((longestDelayMs, index): [string, Level] => [
        retryTopic(topic, group, index + 1),
        { topic, failedAttempts: index + 1, longestDelayMs },
      ]),
    ]),
  )
}

/** Every topic of a run with its number of partitions. */
export function simTopics(): Map<string, number> {
  const topics = new Map<string, number>([
    [TOPICS.refreshResults, 1],
    [TOPICS.current, 1],
  ])
  for (const group of ['detector', 'refresher'] as const) {
    for (const [topic, level] of topicsOf(group)) topics.set(topic, level === undefined ? 2 : 1)
    for (const topic of CONSUMED[group]) topics.set(deadLetterTopic(topic, group), 1)
  }
  return topics
}

export { CONSUMED }
