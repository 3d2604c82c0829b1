import { join, resolve } from 'node:path'

/** Where one stack keeps what it needs. All paths are absolute. */
export type StackDirectory = {
  /** The checkout that the stack belongs to. */
  readonly project: string
  readonly root: string
  readonly downloads: string
  readonly data: string
  readonly logs: string
  /** Process-id files and the state that `stack:status` prints. */
  readonly run: string
  /** Addresses and secrets as KEY=VALUE lines; exists only while the stack runs. */
  readonly envFile: string
  /** The secrets of this stack, generated once and kept between starts. */
  readonly secretsFile: string
  /** The ports of the last start, preferred at the next so that stored addresses go on working. */
  readonly portsFile: string
}

/** The checkout this file stands in. */
export const PROJECT = resolve(import.meta.dirname, '../..')

/**
 * The directory of the stack that the environment asks for.
 * `STACK_DIR` (relative to the checkout, default `.stack`) chooses another one, with its own data and ports;
 * downloads are shared by all of them, in `.stack/downloads`, unless `STACK_DOWNLOADS` says otherwise.
 */
export function stackDirectory(env: Record<string, string | undefined>, project: string = PROJECT): StackDirectory {
  const root = resolve(project, env.STACK_DIR || '.stack')
  return {
    project,
    root,
    downloads: resolve(project, env.STACK_DOWNLOADS || '.stack/downloads'),
    data: join(root, 'data'),
    logs: join(root, 'logs'),
    run: join(root, 'run'),
    envFile: join(root, 'stack.env'),
    secretsFile: join(root, 'secrets.env'),
    portsFile: join(root, 'ports.json'),
  }
}
