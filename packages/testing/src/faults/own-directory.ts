import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StackDirectory, stackDirectory } from '@buyer-group/stack/stack-directory.ts'
import type { OnEnd } from './on-end.ts'

/** A directory for the data, logs and configuration of one process, removed at the end; downloads are the stack's. */
export async function ownDirectory(onEnd: OnEnd, name: string): Promise<StackDirectory> {
  const root = await mkdtemp(join(tmpdir(), `buyer-group-${name}-`))
  onEnd(() => rm(root, { recursive: true, force: true }))
  const directory = directoryIn(root)
  await mkdir(directory.data, { recursive: true })
  return directory
}

/** The same layout in a directory that someone else removes. */
export function directoryIn(root: string): StackDirectory {
  return stackDirectory({ STACK_DIR: root, STACK_DOWNLOADS: process.env.STACK_DOWNLOADS })
}
