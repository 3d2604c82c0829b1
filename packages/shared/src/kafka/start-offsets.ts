import type { Admin, Kafka } from 'kafkajs'
import type { Assignment } from './assignment.ts'

/** What the broker knows of where reading has to begin. Both reject when it does not answer. */
export interface StartOffsets {
  /** Notes where the group stands on every partition of the assignment; asks once, however many ask at a time. */
  read(assignment: Assignment): Promise<void>
  /** The first offset that the partition still holds. */
  firstOf(topic: string, partition: number): Promise<number>
}

/**
 * Asks over a connection of its own for each question: they are rare (one a join), and a new connection has not yet
 * remembered how many partitions a topic had.
 * @param stopping ends the waiting for an answer when the process drains.
 */
export function createStartOffsets(kafka: Kafka, groupId: string, stopping: AbortSignal): StartOffsets {
  const readings = new WeakMap<Assignment, Promise<void>>()

  const ask = async <Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> => {
    const stopped = Promise.withResolvers<never>()
    const stop = () => stopped.reject(stopping.reason)
    if (stopping.aborted) stop()
    stopping.addEventListener('abort', stop)
    try {
      return await Promise.race([askOnce(question), stopped.promise])
    } finally {
      stopping.removeEventListener('abort', stop)
    }
  }

  const askOnce = async <Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> => {
    const admin = kafka.admin({ retry: { retries: 0 } })
    try {
      await admin.connect()
      return await question(admin)
    } finally {
      await admin.disconnect().catch(() => {})
    }
  }

  // Nobody else commits for these partitions while they are ours: it is where this assignment has to begin.
  const readAll = (assignment: Assignment) =>
    ask(async (admin) => {
      const assigned = assignment.topicPartitions
      const committed = await admin.fetchOffsets({ groupId, topics: assigned.map(({ topic }) => topic) })
      const notes = committed.map(async ({ topic, partitions }) => {
        const ours = partitions.filter(({ partition }) => assignment.has(topic, partition))
        for (const { partition, offset } of ours.filter(isCommitted)) {
          assignment.startAt({ topic, partition, offset: Number(offset) })
        }
        if (ours.every(isCommitted)) return
        const firsts = await admin.fetchTopicOffsets(topic)
        for (const { partition, low } of firsts) assignment.startAt({ topic, partition, offset: Number(low) })
      })
      await Promise.all(notes)
    })

  return {
    read: (assignment) => {
      const reading = readings.get(assignment) ?? readAll(assignment).finally(() => readings.delete(assignment))
      readings.set(assignment, reading)
      return reading
    },
    firstOf: (topic, partition) =>
      ask(async (admin) => {
        const offsets = await admin.fetchTopicOffsets(topic)
        return Number(offsets.find((one) => one.partition === partition)?.low ?? 0)
      }),
  }
}

/** Below zero stands for "none yet". */
function isCommitted({ offset }: { readonly offset: string }): boolean {
  return Number(offset) >= 0
}
