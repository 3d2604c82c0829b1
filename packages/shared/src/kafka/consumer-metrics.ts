import { Counter, Gauge, type Registry } from 'prom-client'

export type MessageVerdict = 'done' | 'skip' | 'retry' | 'dead_letter'

/** What SREs see of every consumer. Labels are bounded: topics, verdicts and stable codes. */
export interface ConsumerMetrics {
  /** Counts a finished message. */
  finished(topic: string, verdict: MessageVerdict): void
  readonly deadLetters: Counter<'topic' | 'code'>
  readonly retried: Counter<'topic' | 'code' | 'attempt'>
  readonly waits: Counter<'code'>
  readonly inMemory: Gauge
  readonly rebalances: Counter
}

export function createConsumerMetrics(registry: Registry): ConsumerMetrics {
  const registers = [registry]
  /** Finished since the last scrape: a labelled increment costs more than handling a trivial message. */
  const finished = new Map<string, Record<MessageVerdict, number>>()
  new Counter({
    name: 'kafka_consumer_messages_total',
    help: 'Messages finished, by topic and verdict (done, skip, retry, dead_letter).',
    labelNames: ['topic', 'verdict'],
    registers,
    collect() {
      for (const [topic, counts] of finished) {
        for (const [verdict, count] of Object.entries(counts)) if (count > 0) this.inc({ topic, verdict }, count)
      }
      finished.clear()
    },
  })

  return {
    finished: (topic, verdict) => {
      let counts = finished.get(topic)
      if (counts === undefined) {
        counts = { done: 0, skip: 0, retry: 0, dead_letter: 0 }
        finished.set(topic, counts)
      }
      counts[verdict] += 1
    },
    deadLetters: new Counter({
      name: 'dead_letters_total',
      help: 'Messages put into a dead-letter topic, by their topic and the code of the reason.',
      labelNames: ['topic', 'code'],
      registers,
    }),
    retried: new Counter({
      name: 'retried_messages_total',
      help: 'Messages put into a retry topic, by the topic they first stood in, the code of the reason and the attempt that failed.',
      labelNames: ['topic', 'code', 'attempt'],
      registers,
    }),
    waits: new Counter({
      name: 'kafka_consumer_waits_total',
      help: 'Attempts repeated in place because a part was away, by the code of that part.',
      labelNames: ['code'],
      registers,
    }),
    inMemory: new Gauge({
      name: 'kafka_consumer_queued_messages',
      help: 'Messages fetched and waiting for their turn.',
      registers,
    }),
    rebalances: new Counter({
      name: 'kafka_consumer_rebalances_total',
      help: 'Times the group gave this process a new assignment.',
      registers,
    }),
  }
}
