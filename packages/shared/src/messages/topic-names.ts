import { COMMAND_TOPICS, deadLetterTopic, type Priority, retryTopics, TOPICS, type TopicName } from './topics.ts'

/** Topic names and consumer groups as one deployment uses them: each with the deployment's prefix. */
export interface TopicNames {
  name(topic: TopicName): string
  command(priority: Priority): string
  group(group: string): string
  deadLetter(topic: TopicName, group: string): string
  /** The group's retry topics of a topic, in the order of the attempts. */
  retries(topic: TopicName, group: string): readonly string[]
}

export function topicNames(prefix: string): TopicNames {
  return {
    name: (topic) => prefix + topic,
    command: (priority) => prefix + COMMAND_TOPICS[priority],
    group: (group) => prefix + group,
    deadLetter: (topic, group) => prefix + deadLetterTopic(topic, group),
    retries: (topic, group) => retryTopics(prefix + topic, group),
  }
}

/** Every topic of the contract, without prefix. */
export const ALL_TOPICS: readonly TopicName[] = Object.values(TOPICS)
