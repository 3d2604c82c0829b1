import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { StackDirectory } from '@buyer-group/stack/stack-directory.ts'
import type { OnEnd } from './on-end.ts'
import { ownDirectory } from './own-directory.ts'
import type { OwnProcess } from './own-process.ts'
import { openSmallDisk } from './small-disk.ts'

const MIB = 1024 * 1024

/** Room for what a test writes, with the indexes of every partition. */
const DISK_BYTES = 512 * MIB

/** What is left when it is filled: the next few requests still fit. */
const LEFT_BYTES = 2 * MIB

/** A place for a broker's data that can be made to run out of room. */
export interface FillableDisk {
  /** In words, for the output of a test. */
  readonly kind: string
  readonly directory: StackDirectory
  /** From now on the process cannot write any more, or hardly. */
  fill(process: OwnProcess): Promise<void>
  /** There is room again for the next process that is started. */
  free(): Promise<void>
}

/**
 * A small file system (tmpfs) where the kernel lets this user mount one in a namespace of its own: writes fail with
 * ENOSPC. Elsewhere a limit on the size of a file that the process writes (RLIMIT_FSIZE): writes fail with EFBIG, which
 * a broker takes the same way.
 */
export async function openFillableDisk(onEnd: OnEnd): Promise<FillableDisk> {
  const disk = await openSmallDisk(onEnd, DISK_BYTES)
  if (disk !== undefined) {
    const { directory, free } = disk
    return { kind: 'a full tmpfs', directory, fill: () => disk.fill(LEFT_BYTES), free }
  }
  return {
    kind: 'a limit on file sizes',
    directory: await ownDirectory(onEnd, 'kafka'),
    fill: async ({ pid }) => {
      await promisify(execFile)('prlimit', ['--pid', String(pid()), '--fsize=4096:4096'])
    },
    free: async () => {},
  }
}
