import type { Db } from 'mongodb'
import { cpuMicrosOf, pidListeningOn } from './process-cpu.ts'
import type { StackAddresses } from './stack-addresses.ts'

/** What a process, the database and the broker had used at one moment, or between two. */
export interface Used {
  /** Processor time in microseconds; undefined where it cannot be told. */
  readonly processMicros: number | undefined
  readonly mongodMicros: number | undefined
  readonly brokerMicros: number | undefined
  /** Commands that the database answered: inserts, updates and queries, whatever the number of their documents. */
  readonly roundTrips: number
  /** Documents that were inserted or changed; upserts that inserted are not among them. */
  readonly writes: number
}

export type Meter = (pid: number) => Promise<Used>

/**
 * Reads how much a process and the two servers have used. The servers' figures hold everybody's work: measure while
 * nobody else uses them.
 */
export function openMeter(db: Db, { KAFKA_BROKERS, MONGODB_URI }: StackAddresses): Meter {
  const mongod = pidListeningOn(portIn(MONGODB_URI))
  const broker = pidListeningOn(portIn(KAFKA_BROKERS))
  return async (pid) => {
    const { metrics } = await db.admin().command({ serverStatus: 1 })
    const { insert, update, find } = metrics.commands
    return {
      processMicros: cpuMicrosOf(pid),
      mongodMicros: cpuMicrosOf(mongod),
      brokerMicros: cpuMicrosOf(broker),
      roundTrips: Number(insert.total) + Number(update.total) + Number(find.total),
      writes: Number(metrics.document.inserted) + Number(metrics.document.updated),
    }
  }
}

/** What was used between two readings, for each of so many events. */
export function perEvent(before: Used, after: Used, events: number): Used {
  const each = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? undefined : (to - from) / events
  return {
    processMicros: each(before.processMicros, after.processMicros),
    mongodMicros: each(before.mongodMicros, after.mongodMicros),
    brokerMicros: each(before.brokerMicros, after.brokerMicros),
    roundTrips: (after.roundTrips - before.roundTrips) / events,
    writes: (after.writes - before.writes) / events,
  }
}

const portIn = (address: string) => Number(/:(\d+)/.exec(address.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/, ''))?.[1] ?? 0)
