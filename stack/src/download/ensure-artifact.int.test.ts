import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Artifact } from './artifact.ts'
import { downloadArtifact, inspectArtifact } from './ensure-artifact.ts'
import { lineProgress } from './progress.ts'

const RIGHT = 'the right bytes'

describe('a download', () => {
  let downloads: string
  let said: string[]
  const progress = () => lineProgress((line) => said.push(line))

  beforeEach(async () => {
    downloads = await mkdtemp(join(tmpdir(), 'stack-downloads-'))
    said = []
  })
  afterEach(() => rm(downloads, { recursive: true, force: true }))

  /** An artifact of one file whose successive downloads have the contents given. */
  function artifact(contents: readonly string[]): Artifact & { readonly tries: boolean[] } {
    const tries: boolean[] = []
    return {
      name: 'part',
      folder: 'part-1.0',
      totalBytes: RIGHT.length,
      checksums: new Map([['part.jar', createHash('sha256').update(RIGHT).digest('hex')]]),
      client: 'maven',
      tries,
      async fetch(into, { fresh }) {
        const content = contents[tries.length]
        tries.push(fresh)
        if (content === undefined) throw new Error('the network is gone')
        await writeFile(join(into, 'part.jar'), content)
      },
      unpack: async () => {},
    }
  }

  it('with a wrong checksum is said and tried again past the cache of the client', async () => {
    const broken = artifact(['the wrong bytes', RIGHT])
    await downloadArtifact(broken, downloads, progress())
    expect(broken.tries).toEqual([false, true])
    expect(said).toContain('part: download failed: part.jar has a wrong SHA-256 checksum')
    expect(await readFile(join(downloads, 'part-1.0/part.jar'), 'utf8')).toBe(RIGHT)
  })

  it('that stays broken is given up after three tries and leaves nothing to run', async () => {
    const broken = artifact(['wrong', 'wrong'])
    await expect(downloadArtifact(broken, downloads, progress())).rejects.toMatchObject({ code: 'download_failed' })
    expect(broken.tries).toHaveLength(3)
    expect(await readdir(downloads)).toEqual([])
  })

  it('is found damaged when a file has changed since, and ready otherwise', async () => {
    const whole = artifact([RIGHT])
    expect(await inspectArtifact(whole, downloads)).toEqual({ state: 'absent' })
    await downloadArtifact(whole, downloads, progress())
    expect(await inspectArtifact(whole, downloads)).toEqual({ state: 'ready' })
    await writeFile(join(downloads, 'part-1.0/part.jar'), 'cut off')
    expect(await inspectArtifact(whole, downloads)).toMatchObject({ state: 'damaged' })
  })

  it('that another process finished first is left as it is', async () => {
    await downloadArtifact(artifact([RIGHT]), downloads, progress())
    await downloadArtifact(artifact([RIGHT]), downloads, progress())
    expect(await readdir(downloads)).toEqual(['part-1.0'])
  })
})
