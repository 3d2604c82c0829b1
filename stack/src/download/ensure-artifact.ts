import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StackError } from '../stack-error.ts'
import type { Artifact } from './artifact.ts'
import { checksumDirectory, compareChecksums, describeProblems, formatChecksums, parseChecksums } from './checksums.ts'
import type { Progress } from './progress.ts'

const TRIES = 3
/** Lists the files as unpacked from a verified download, so that a later start notices any that changed. */
const MANIFEST = 'SHA256SUMS'

/** What is known of an artifact without downloading: the problem is one line for people. */
export type ArtifactState =
  | { readonly state: 'ready' }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly problem: string }

/** Verifies the checksum of every file of a download that was laid out before. */
export async function inspectArtifact(artifact: Artifact, downloads: string): Promise<ArtifactState> {
  const directory = join(downloads, artifact.folder)
  const manifest = await readFile(join(directory, MANIFEST), 'utf8').catch(() => undefined)
  const found = await checksumDirectory(directory, [MANIFEST])
  if (manifest === undefined)
    return found.size === 0 ? { state: 'absent' } : { state: 'damaged', problem: 'unfinished' }
  try {
    const problems = compareChecksums(parseChecksums(manifest), found)
    return problems.length === 0 ? { state: 'ready' } : { state: 'damaged', problem: describeProblems(problems) }
  } catch {
    return { state: 'damaged', problem: 'its list of checksums is unreadable' }
  }
}

/**
 * Downloads, verifies and lays out an artifact. Each try has a directory of its own that is renamed when all is right,
 * so two stacks may do this at once and a broken download is never run.
 * @throws StackError `download_failed` after three tries
 */
export async function downloadArtifact(artifact: Artifact, downloads: string, progress: Progress): Promise<void> {
  await mkdir(downloads, { recursive: true })
  let reason = ''
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const part = progress.part(artifact.name, artifact.totalBytes)
    const temporary = join(downloads, `.${artifact.folder}-${randomUUID()}`)
    try {
      await mkdir(temporary)
      await artifact.fetch(temporary, { fresh: attempt > 1, onBytes: part.at })
      const problems = compareChecksums(artifact.checksums, await checksumDirectory(temporary))
      if (problems.length > 0) throw new Error(describeProblems(problems))
      await artifact.unpack(temporary)
      await writeFile(join(temporary, MANIFEST), formatChecksums(await checksumDirectory(temporary)))
      await moveInto(temporary, join(downloads, artifact.folder))
      part.done()
      return
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
      part.failed(reason)
      if (attempt < TRIES) progress.say(`${artifact.name}: trying again (${attempt + 1} of ${TRIES})`)
    } finally {
      await rm(temporary, { recursive: true, force: true })
    }
  }
  throw new StackError(
    'download_failed',
    `${artifact.name} could not be downloaded in ${TRIES} tries (${reason}); check the network and ${artifact.client}'s settings, then start again.`,
  )
}

/** Puts a finished directory in its place; when another process was first, its equal result stays. */
async function moveInto(temporary: string, directory: string): Promise<void> {
  try {
    await rename(temporary, directory)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}
