import { mkdir } from 'node:fs/promises'
import { ADDRESS_VARIABLES, PART_NAMES, type PartName } from './parts/part.ts'
import { resolveParts } from './parts/resolve-parts.ts'
import { eventSentence } from './say-event.ts'
import type { StackDirectory } from './stack-directory.ts'
import { StackError } from './stack-error.ts'
import { startPart } from './start-part.ts'
import type { EnvValues } from './state/env-file.ts'
import { readPorts, writePorts } from './state/ports.ts'
import { lockFile, removeState, type StateEntry } from './state/running-state.ts'
import { removeStackEnv, writeStackEnv } from './state/stack-env.ts'
import { trackState } from './state/track-state.ts'
import { findOrphans, stopOrphans } from './supervisor/orphans.ts'
import { lockForThisProcess, removePidFile } from './supervisor/pid-file.ts'
import type { Supervised } from './supervisor/supervise-process.ts'

const ORPHANS_STOP_WITHIN_MS = 20_000

/** A stack that this process keeps running. */
export type RunningStack = {
  /** What stack.env holds: the addresses, the secrets, the sources. */
  readonly env: EnvValues
  /** Stops every part that was started here, and takes away stack.env. */
  stop(): Promise<void>
  /** Ends every part at once. */
  kill(): void
}

/**
 * Starts the stack in this process: takes the lock, checks, downloads, starts the parts side by side, waits until all
 * are ready, writes stack.env. From then on it restarts whatever dies. When a part fails, everything is stopped again.
 * @param signal aborts a start under way; what has been started is stopped and the start rejects
 * @throws StackError; its message says what to do
 */
export async function startStack(
  directory: StackDirectory,
  options: { readonly env: NodeJS.ProcessEnv; readonly say: (line: string) => void; readonly signal?: AbortSignal },
): Promise<RunningStack> {
  const { env, say, signal } = options
  await mkdir(directory.run, { recursive: true })
  await mkdir(directory.data, { recursive: true })
  const lock = lockFile(directory, 'stack')
  const held = lockForThisProcess(lock)
  if (held !== true) {
    throw new StackError(
      'already_running',
      `The stack in ${directory.root} already runs (supervisor: process ${held.pid}).`,
    )
  }
  const processes: Supervised[] = []
  let closing = false
  const stop = async () => {
    closing = true
    await removeStackEnv(directory)
    await Promise.all(processes.map((process) => process.stop()))
    removeState(directory, 'stack')
    removePidFile(lock)
  }
  try {
    const parts = await resolveParts(directory, env)
    await stopOrphans(await findOrphans(directory.run, PART_NAMES), ORPHANS_STOP_WITHIN_MS, say)
    const lastPorts = await readPorts(directory)
    signal?.throwIfAborted()

    const began = performance.now()
    const state = trackState(directory, 'stack', firstEntries(parts.local, parts.given), new Date())
    const abort = () => void Promise.all(processes.map((process) => process.stop()))
    signal?.addEventListener('abort', abort, { once: true })
    const starting = parts.local.map(async (part) => {
      const started = await startPart(part, directory, {
        env,
        lastPort: lastPorts[part.name],
        watch: (event) => {
          state.watch(event)
          const sentence = eventSentence(event)
          if (sentence !== undefined) say(sentence)
        },
        own: (process) => {
          processes.push(process)
          if (closing || signal?.aborted) void process.stop()
        },
      })
      state.set(part.name, { address: part.address(started.port) })
      return started
    })
    const running = await allOrFirstFailure(starting)
    signal?.removeEventListener('abort', abort)
    signal?.throwIfAborted()

    await writePorts(directory, Object.fromEntries(running.map(({ part, port }) => [part.name, port])))
    const addresses = new Map([
      ...parts.given,
      ...running.map(({ part, port }) => [part.name, part.address(port)] as const),
    ])
    const values = await writeStackEnv(directory, namedAddresses(addresses))
    say(`stack: ready in ${((performance.now() - began) / 1000).toFixed(1)} s`)
    const kill = () => {
      for (const process of processes) process.kill()
    }
    return { env: values, stop, kill }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Waits for all, but not for the others once one has failed; their failures are not left unhandled. */
function allOrFirstFailure<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  for (const promise of promises) promise.catch(() => {})
  return Promise.all(promises)
}

function firstEntries(local: readonly { name: PartName }[], given: ReadonlyMap<PartName, string>): StateEntry[] {
  return [
    ...local.map(({ name }) => ({ name, address: '', state: 'starting', restarts: 0 }) as const),
    // Not the address itself: it may hold a password.
    ...[...given.keys()].map((name) => {
      return { name, address: `from ${ADDRESS_VARIABLES[name]}`, state: 'given', restarts: 0 } as const
    }),
  ]
}

function namedAddresses(addresses: ReadonlyMap<PartName, string>): EnvValues {
  return Object.fromEntries(PART_NAMES.map((name) => [ADDRESS_VARIABLES[name], addresses.get(name) ?? '']))
}
