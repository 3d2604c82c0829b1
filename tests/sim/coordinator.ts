import type { MemoryBroker } from '@buyer-group/testing/memory/memory-broker.ts'
import type { Random } from './random.ts'

/** Something that consumes as a member of a group. */
export interface Member {
  readonly memberId: string
}

/**
 * Who owns which partitions of a group's topics. A rebalance takes effect here at once; a member learns of it when it
 * next asks, and until then works on as a zombie. Offsets are taken from the current generation alone, as Kafka does.
 */
export interface Coordinator {
  readonly generation: number
  join(member: Member): void
  leave(member: Member): void
  rebalance(): void
  /** By topic: the partitions that the member owns now. */
  assignedTo(member: Member): Record<string, number[]>
  /** False where the generation is over. */
  commit(generation: number, topic: string, partition: number, offset: number): boolean
  committed(topic: string, partition: number): number
}

export function createCoordinator(
  group: string,
  topics: readonly string[],
  broker: MemoryBroker,
  random: Random,
): Coordinator {
  let generation = 0
  let members: Member[] = []
  const owners = new Map<string, Member>()

  const rebalance = () => {
    generation += 1
    owners.clear()
    if (members.length === 0) return
    for (const topic of topics) {
      for (const partition of broker.partitionsOf(topic)) owners.set(`${topic}/${partition}`, random.pick(members))
    }
  }
  return {
    get generation() {
      return generation
    },
    join: (member) => {
      members = [...members, member]
      rebalance()
    },
    leave: (member) => {
      members = members.filter((one) => one !== member)
      rebalance()
    },
    rebalance,
    assignedTo: (member) =>
      Object.fromEntries(
        topics.map((topic) => [
          topic,
          broker.partitionsOf(topic).filter((partition) => owners.get(`${topic}/${partition}`) === member),
        ]),
      ),
    commit: (claimed, topic, partition, offset) => {
      if (claimed !== generation) return false
      broker.commit(group, topic, partition, offset)
      return true
    },
    committed: (topic, partition) => broker.committed(group, topic, partition),
  }
}
