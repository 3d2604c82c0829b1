import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CpuProfile, flameGraphOf } from './flame-graph.ts'

/** What is to be done for a process of which a flame graph is wanted. */
export interface Profiling {
  /** To start it under Node with. */
  readonly nodeFlags: readonly string[]
  /** To be called once it is ready: what came before is not of interest. */
  onReady(): void
}

/** Leaves a flame graph of one process in a file. `run` starts that process, and has ended it when it resolves. */
export async function collectFlameGraph<Result>(
  file: string,
  run: (profiling: Profiling) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'cpu-profile-'))
  let readyAt = 0
  try {
    const result = await run({
      nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${directory}`],
      onReady: () => {
        readyAt = Number(process.hrtime.bigint() / 1_000n)
      },
    })
    const [name] = await readdir(directory)
    if (name === undefined) throw new Error('the process left no profile')
    const profile = JSON.parse(await readFile(join(directory, name), 'utf8')) as CpuProfile
    await writeFile(file, flameGraphOf(profile, readyAt))
    console.log(`flame graph: ${file}`)
    return result
  } finally {
    await rm(directory, { recursive: true })
  }
}
