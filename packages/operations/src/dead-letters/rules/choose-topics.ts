import { AppError } from '@buyer-group/shared/errors/app-error.ts'

/** Every topic of the contract begins like this (system.md, "Topics"). */
const CONTRACT = 'buyer-group.'

const SUFFIX = '.dlq'

/**
 * The dead-letter topics of a deployment among all of a cluster's, in order; also those of topics that are gone.
 * @param prefix the deployment's `TOPIC_PREFIX`
 */
export function findDeadLetterTopics(topics: readonly string[], prefix: string): string[] {
  return topics.filter((topic) => topic.startsWith(prefix + CONTRACT) && topic.endsWith(SUFFIX)).sort()
}

/**
 * The dead-letter topics that the names mean: a dead-letter topic, or the topic that its letters come from, both also
 * without the deployment's prefix. All where no names are given.
 * @throws AppError `unknown_topic` (permanent) naming what there is.
 */
export function chooseTopics(known: readonly string[], names: readonly string[] | undefined, prefix: string): string[] {
  if (names === undefined) return [...known]
  const chosen = names.flatMap((name) => {
    const found = known.filter((topic) => [name, prefix + name].some((n) => n === topic || n === sourceOf(topic)))
    if (found.length > 0) return found
    throw new AppError(
      `no dead-letter topic is or belongs to ${name}; there are: ${known.join(', ') || 'none (run "npm run setup")'}`,
      { code: 'unknown_topic', fate: 'permanent' },
    )
  })
  return [...new Set(chosen)]
}

/** The topic that the letters of a dead-letter topic come from: `<topic>.<group>.dlq` without the group. */
export function sourceOf(deadLetterTopic: string): string {
  return deadLetterTopic.slice(0, -SUFFIX.length).replace(/\.[^.]*$/, '')
}
