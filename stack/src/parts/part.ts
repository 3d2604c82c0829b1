import type { StackDirectory } from '../stack-directory.ts'
import type { ProcessSpec } from '../supervisor/process-spec.ts'

export const PART_NAMES = ['kafka', 'mongodb', 'registry'] as const
export type PartName = (typeof PART_NAMES)[number]

/** The variable that holds each part's address, also when someone gives one that runs elsewhere. */
export const ADDRESS_VARIABLES = {
  kafka: 'KAFKA_BROKERS',
  mongodb: 'MONGODB_URI',
  registry: 'SCHEMA_REGISTRY_URL',
} as const satisfies Record<PartName, string>

/** Loopback alone: nothing of the local stack can be reached from another machine. */
export const HOST = '127.0.0.1'

/** One part of the stack that is run here. */
export type Part = {
  readonly name: PartName
  /** For people: the program and its version. */
  readonly title: string
  readonly defaultPort: number
  /** The variable that pins the port, for whoever must have a certain one. */
  readonly portVariable: string
  address(port: number): string
  /** Lays out data and configuration where they are not yet, and says how to run the part on this port. */
  prepare(directory: StackDirectory, port: number): Promise<ProcessSpec>
}

/** What the three parts have in common: where they write, and how patient the supervisor is with them. */
export function commonSpec(directory: StackDirectory, name: string) {
  return {
    name,
    logFile: `${directory.logs}/${name}.log`,
    pidFile: `${directory.run}/${name}.pid`,
    readyWithinMs: 60_000,
    stopWithinMs: 20_000,
    startTries: 1,
    finalExitCodes: [],
  } as const
}
