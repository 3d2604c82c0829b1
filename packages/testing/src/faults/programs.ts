import type { BrokerProgram } from '@buyer-group/stack/parts/kafka.ts'
import { ADDRESS_VARIABLES, PART_NAMES, type PartName } from '@buyer-group/stack/parts/part.ts'
import { type Programs, resolvePrograms } from '@buyer-group/stack/parts/resolve-parts.ts'
import { stackDirectory } from '@buyer-group/stack/stack-directory.ts'

/**
 * Java with Kafka's libraries, downloaded if missing: tests that kill their broker run their own, also where the shared
 * stack runs in containers.
 * @throws StackError `prerequisite_missing`, `download_failed`
 */
export const kafkaProgram = (): Promise<BrokerProgram> => program('kafka')

/** The path of mongod, as `kafkaProgram`. */
export const mongodProgram = (): Promise<string> => program('mongodb')

const KEYS = { kafka: 'kafka', mongodb: 'mongod', registry: 'registry' } as const satisfies Record<
  PartName,
  keyof Programs
>

async function program<Name extends PartName>(name: Name): Promise<NonNullable<Programs[(typeof KEYS)[Name]]>> {
  // All others count as given, so that only this one is looked for.
  const others = new Map(PART_NAMES.filter((part) => part !== name).map((part) => [part, ADDRESS_VARIABLES[part]]))
  const found = (await resolvePrograms(stackDirectory(process.env), process.env, others))[KEYS[name]]
  if (found === undefined) throw new Error(`${name} is not among the programs of the stack`)
  return found
}
