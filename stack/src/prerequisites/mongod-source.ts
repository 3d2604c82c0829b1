import { MONGODB_OLDEST_MAJOR } from '../versions.ts'
import { mongodMajor, toolSays } from './tools.ts'

/** Where the database's program comes from on this machine. */
export type MongodSource =
  | { readonly from: 'path'; readonly major: number }
  | { readonly from: 'wheel' }
  | { readonly from: 'memory-server' }
  | { readonly from: 'nowhere'; readonly platform: string }

/** What decides it: facts about the machine. `glibc` is its version, undefined where another C library is used. */
export type Machine = {
  readonly platform: string
  readonly arch: string
  readonly glibc: string | undefined
  readonly mongodMajor: number | undefined
}

/**
 * A mongod on the PATH goes first if it is new enough; then the wheel, built for glibc 2.34 or later on x86-64;
 * elsewhere the download of mongodb-memory-server, which knows macOS and glibc Linux.
 */
export function chooseMongod(machine: Machine): MongodSource {
  if (machine.mongodMajor !== undefined && machine.mongodMajor >= MONGODB_OLDEST_MAJOR) {
    return { from: 'path', major: machine.mongodMajor }
  }
  const { platform, arch, glibc } = machine
  if (platform === 'linux' && arch === 'x64' && glibc !== undefined && atLeast(glibc, 2, 34)) return { from: 'wheel' }
  if (platform === 'darwin' || (platform === 'linux' && glibc !== undefined)) return { from: 'memory-server' }
  return { from: 'nowhere', platform: `${platform} ${arch}${platform === 'linux' ? ' without glibc' : ''}` }
}

function atLeast(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number)
  return a > major || (a === major && b >= minor)
}

/** The facts about this machine. */
export function thisMachine(): Machine {
  const says = toolSays({ command: 'mongod', args: [] }, ['--version'])
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: glibcVersion(),
    mongodMajor: says === undefined ? undefined : mongodMajor(says),
  }
}

function glibcVersion(): string | undefined {
  if (process.platform !== 'linux' || !process.report) return undefined
  // Otherwise the report looks up the name of every open connection; the types of Node do not know it yet.
  Object.assign(process.report, { excludeNetwork: true })
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime
}
