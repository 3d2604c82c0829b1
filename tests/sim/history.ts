import type { RefreshResult } from '@buyer-group/shared/messages/messages.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import type { MemoryBroker } from '@buyer-group/testing/memory/memory-broker.ts'
import type { MemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import type { Coordinator } from './coordinator.ts'
import type { SimProcess } from './scheduler.ts'

interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: string | number
}

/**
 * What must hold at every moment of a run and not only at its end: a group's sequence never falls, an event is released
 * only after its refresh was published, an offset is committed only after all work below it.
 */
export class History {
  readonly violations: string[] = []
  readonly #database: MemoryDatabase
  readonly #broker: MemoryBroker
  readonly #sequences = new Map<string, number>()
  readonly #finished = new Set<string>()
  readonly #completed = new Set<string>()
  #resultsSeen = 0
  /** Companies whose last current state was written by someone who has not looked again yet. */
  readonly #staleBy = new Map<string, SimProcess>()
  readonly #highest = new Map<string, number>()
  /** Companies behind whose newest state a stale one stands for ever, because its writer died before it could look. */
  readonly excused = new Set<string>()

  constructor(database: MemoryDatabase, broker: MemoryBroker) {
    this.#database = database
    this.#broker = broker
  }

  look(): void {
    for (const { companyId, sequence } of this.#database.groups.values()) {
      const before = this.#sequences.get(companyId) ?? 0
      if (sequence < before) {
        this.violations.push(`I5: the group of ${companyId} went back from sequence ${before} to ${sequence}`)
      }
      this.#sequences.set(companyId, sequence)
    }
    const results = this.#broker.log(TOPICS.refreshResults, 0)
    for (; this.#resultsSeen < results.length; this.#resultsSeen += 1) {
      const { refreshId, outcome } = JSON.parse(String(results[this.#resultsSeen]?.value)) as RefreshResult
      if (outcome === 'completed') this.#completed.add(refreshId)
    }
    for (const { idempotencyKey, coveredBy } of this.#database.events.values()) {
      const early = coveredBy?.find(({ refreshId }) => !this.#completed.has(refreshId))
      if (early !== undefined) {
        this.violations.push(`I1: ${idempotencyKey} was released by ${early.commandId} before its result was published`)
      }
    }
  }

  noteFinished(message: Place): void {
    this.#finished.add(nameOf(message))
  }

  /** The same coordinator; says where a commit passes unfinished work (I4). */
  watchCommits(coordinator: Coordinator): Coordinator {
    return Object.assign(Object.create(coordinator) as Coordinator, {
      commit: (generation: number, topic: string, partition: number, offset: number) => {
        const from = coordinator.committed(topic, partition)
        const isTaken = coordinator.commit(generation, topic, partition, offset)
        for (let passed = from; isTaken && passed < offset; passed += 1) {
          const name = nameOf({ topic, partition, offset: passed })
          if (!this.#finished.has(name)) this.violations.push(`I4: ${name} is committed, but its work was not done`)
        }
        return isTaken
      },
    })
  }

  /** The same broker; notes who writes the current states. */
  watchBroker(process: SimProcess): MemoryBroker {
    return {
      ...this.#broker,
      append: (message) => {
        const appended = this.#broker.append(message)
        if (message.topic === TOPICS.current) this.#noteCurrent(process, JSON.parse(String(message.value)))
        return appended
      },
    }
  }

  #noteCurrent(process: SimProcess, { companyId, sequence }: { companyId: string; sequence: number }): void {
    const highest = this.#highest.get(companyId) ?? 0
    this.#highest.set(companyId, Math.max(highest, sequence))
    if (sequence < highest) this.#staleBy.set(companyId, process)
    else {
      this.#staleBy.delete(companyId)
      this.excused.delete(companyId)
    }
    if (sequence < highest && !process.alive) this.excused.add(companyId)
  }

  noteDeath(process: SimProcess): void {
    for (const [companyId, writer] of this.#staleBy) if (writer === process) this.excused.add(companyId)
  }
}

const nameOf = ({ topic, partition, offset }: Place) => `${topic}/${partition}@${offset}`
