import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** A command and the arguments that always come first, e.g. `python3 -m pip`. */
export type Tool = { readonly command: string; readonly args: readonly string[] }

/** The first line group a tool prints about itself, or undefined when it is absent or does not run. */
export function toolSays(tool: Tool, args: readonly string[]): string | undefined {
  const run = spawnSync(tool.command, [...tool.args, ...args], { encoding: 'utf8', timeout: 30_000 })
  return run.status === 0 ? `${run.stdout}${run.stderr}` : undefined
}

/** The Java to run: that of JAVA_HOME if set, otherwise the one on the PATH. */
export function javaTool(env: NodeJS.ProcessEnv): Tool {
  return { command: env.JAVA_HOME ? join(env.JAVA_HOME, 'bin/java') : 'java', args: [] }
}

/** The major version in what `java -version` prints (`"17.0.15"` is 17, `"1.8.0_402"` is 8), or undefined. */
export function javaMajor(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output)
  return match?.[1] === undefined ? undefined : Number(match[1])
}

/** The major version in what `mongod --version` prints, or undefined. */
export function mongodMajor(output: string): number | undefined {
  const match = /db version v(\d+)\./.exec(output)
  return match?.[1] === undefined ? undefined : Number(match[1])
}

const PIPS: readonly Tool[] = [
  { command: 'python3', args: ['-m', 'pip'] },
  { command: 'python', args: ['-m', 'pip'] },
  { command: 'pip3', args: [] },
  { command: 'pip', args: [] },
]

/** The pip to use, or undefined when there is none. */
export function findPip(): Tool | undefined {
  return PIPS.find((pip) => toolSays(pip, ['--version']) !== undefined)
}

/** The Python that unpacks a wheel; there is one wherever pip is. */
export function findPython(): Tool | undefined {
  const pythons: readonly Tool[] = [
    { command: 'python3', args: [] },
    { command: 'python', args: [] },
  ]
  return pythons.find((python) => toolSays(python, ['--version'])?.includes('Python 3'))
}
