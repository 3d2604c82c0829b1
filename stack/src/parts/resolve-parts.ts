import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from '../download/artifact.ts'
import { kafkaArtifact, mongodArtifact, registryArtifact } from '../download/artifacts.ts'
import { downloadMissing, missingArtifacts } from '../download/ensure-downloads.ts'
import { memoryServerMongod } from '../download/memory-server-mongod.ts'
import { createProgress } from '../download/progress.ts'
import { checkPrerequisites } from '../prerequisites/check-prerequisites.ts'
import { chooseMongod, type MongodSource, thisMachine } from '../prerequisites/mongod-source.ts'
import { findPip, javaMajor, javaTool, type Tool, toolSays } from '../prerequisites/tools.ts'
import type { StackDirectory } from '../stack-directory.ts'
import { StackError } from '../stack-error.ts'
import { type BrokerProgram, kafkaPart } from './kafka.ts'
import { mongodbPart } from './mongodb.ts'
import { ADDRESS_VARIABLES, PART_NAMES, type Part, type PartName } from './part.ts'
import { registryPart } from './registry.ts'

/** The parts to run here and the addresses of those that run elsewhere. */
export type ResolvedParts = {
  readonly local: readonly Part[]
  readonly given: ReadonlyMap<PartName, string>
}

/** Splits the parts: one whose address the environment gives is used, never started. */
export function givenParts(env: NodeJS.ProcessEnv): ReadonlyMap<PartName, string> {
  return new Map(
    PART_NAMES.flatMap((name) => {
      const address = env[ADDRESS_VARIABLES[name]]
      return address ? [[name, address] as const] : []
    }),
  )
}

/** The programs of the parts that run here; undefined for those that do not. */
export type Programs = {
  readonly kafka: BrokerProgram | undefined
  readonly mongod: string | undefined
  readonly registry: { readonly java: Tool; readonly libraries: string } | undefined
}

/** The parts of `npm start`: what `resolvePrograms` finds, each as the one of its kind. */
export async function resolveParts(directory: StackDirectory, env: NodeJS.ProcessEnv): Promise<ResolvedParts> {
  const given = givenParts(env)
  const { kafka, mongod, registry } = await resolvePrograms(directory, env, given)
  const local: Part[] = []
  if (kafka) local.push(kafkaPart(kafka.java, kafka.libraries))
  if (mongod) local.push(mongodbPart(mongod))
  if (registry) local.push(registryPart(registry.java, registry.libraries))
  return { local, given }
}

/**
 * Makes everything ready that running the parts needs: checks the prerequisites, then downloads what is missing.
 * @throws StackError `prerequisite_missing` before anything is downloaded, or `download_failed`
 */
export async function resolvePrograms(
  directory: StackDirectory,
  env: NodeJS.ProcessEnv,
  given: ReadonlyMap<PartName, string> = new Map(),
): Promise<Programs> {
  const runs = (name: PartName) => !given.has(name)
  const onJava = runs('kafka') || runs('registry')
  const mongod = runs('mongodb') ? chooseMongod(thisMachine()) : undefined
  const kafka = await kafkaArtifact()
  const registry = await registryArtifact()
  const wheel = await mongodArtifact()

  const wanted = [runs('kafka') && kafka, runs('registry') && registry, mongod?.from === 'wheel' && wheel]
  const missing = await missingArtifacts(
    wanted.filter((artifact): artifact is Artifact => artifact !== false),
    directory.downloads,
  )
  checkPrerequisites(
    {
      java: onJava,
      maven: missing.some(({ artifact }) => artifact.client === 'maven'),
      pip: missing.some(({ artifact }) => artifact.client === 'pip'),
      mongod,
    },
    {
      platform: process.platform,
      javaMajor: () => javaMajor(toolSays(javaTool(env), ['-version']) ?? ''),
      hasMaven: () => toolSays({ command: 'mvn', args: [] }, ['--version']) !== undefined,
      hasPip: () => findPip() !== undefined,
    },
  )
  if (missing.length > 0) await downloadMissing(missing, directory.downloads, createProgress(process.stdout))

  const folder = (artifact: Artifact) => join(directory.downloads, artifact.folder)
  const onJavaFrom = (artifact: Artifact) => ({ java: javaTool(env), libraries: folder(artifact) })
  return {
    kafka: runs('kafka') ? onJavaFrom(kafka) : undefined,
    mongod: mongod && (await mongodProgram(mongod, join(folder(wheel), 'mongod'), directory.downloads)),
    registry: runs('registry') ? onJavaFrom(registry) : undefined,
  }
}

async function mongodProgram(source: MongodSource, fromWheel: string, downloads: string): Promise<string> {
  if (source.from === 'path') return 'mongod'
  if (source.from === 'memory-server') return memoryServerMongod(downloads)
  await access(fromWheel)
  if (toolSays({ command: fromWheel, args: [] }, ['--version']) === undefined) {
    throw new StackError(
      'prerequisite_missing',
      'The downloaded mongod does not run on this machine, most likely for want of a system library: install libcurl 4 and OpenSSL 3 (Debian, Ubuntu: libcurl4 libssl3), or put a mongod 6 or later on the PATH.',
    )
  }
  return fromWheel
}
