import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StackDirectory } from '@buyer-group/stack/stack-directory.ts'
import type { OnEnd } from './on-end.ts'
import { directoryIn } from './own-directory.ts'

/** A file system of its own with little room, and what fills it up. */
export interface SmallDisk {
  readonly directory: StackDirectory
  freeBytes(): Promise<number>
  /** Takes all room but this. */
  fill(freeBytes: number): Promise<void>
  /** Gives the room back. */
  free(): Promise<void>
}

/**
 * A tmpfs of `bytes`, mounted in a user and mount namespace of its own, so that no rights are needed; a process that
 * only waits keeps it alive. Others reach it through that process's root in /proc, also after a restart.
 * @returns undefined where the kernel lets this user open no such namespace
 */
export async function openSmallDisk(onEnd: OnEnd, bytes: number): Promise<SmallDisk | undefined> {
  const mountPoint = await mkdtemp(join(tmpdir(), 'buyer-group-disk-'))
  onEnd(() => rm(mountPoint, { recursive: true, force: true }))
  const script = 'mount -t tmpfs -o "size=$1" tmpfs "$0" && echo mounted && exec sleep infinity'
  const holder = spawn(
    'unshare',
    ['--user', '--map-root-user', '--mount', 'sh', '-c', script, mountPoint, String(bytes)],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const ended = new Promise<void>((resolve) => {
    holder.once('error', () => resolve())
    holder.once('exit', () => resolve())
  })
  onEnd(async () => {
    holder.kill('SIGKILL')
    await ended
  })
  const mounted = await Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)])
  if (!mounted) return undefined

  const root = `/proc/${holder.pid}/root${mountPoint}`
  const filler = join(root, 'filler')
  const freeBytes = async () => {
    const { bavail, bsize } = await statfs(root)
    return bavail * bsize
  }
  const directory = directoryIn(root)
  await mkdir(directory.data, { recursive: true })
  return {
    directory,
    freeBytes,
    fill: async (left) => writeFile(filler, Buffer.alloc(Math.max(0, (await freeBytes()) - left))),
    free: () => rm(filler, { force: true }),
  }
}
