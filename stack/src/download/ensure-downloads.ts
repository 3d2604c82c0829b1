import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from './artifact.ts'
import { type ArtifactState, downloadArtifact, inspectArtifact } from './ensure-artifact.ts'
import type { Progress } from './progress.ts'

/** The artifacts that are not there in full, with what is wrong with each. */
export async function missingArtifacts(artifacts: readonly Artifact[], downloads: string): Promise<MissingArtifact[]> {
  const inspected = await Promise.all(
    artifacts.map(async (artifact) => ({ artifact, found: await inspectArtifact(artifact, downloads) })),
  )
  return inspected.flatMap(({ artifact, found }) => (found.state === 'ready' ? [] : [{ artifact, found }]))
}

export type MissingArtifact = {
  readonly artifact: Artifact
  readonly found: Exclude<ArtifactState, { state: 'ready' }>
}

/**
 * Downloads what is missing: clients side by side, the artifacts of one client one after the other.
 * @throws StackError `download_failed`
 */
export async function downloadMissing(missing: readonly MissingArtifact[], downloads: string, progress: Progress) {
  const byClient = Map.groupBy(missing, ({ artifact }) => artifact.client)
  try {
    await Promise.all(
      [...byClient.values()].map(async (queue) => {
        for (const { artifact, found } of queue) {
          if (found.state === 'damaged') {
            progress.say(
              `${artifact.name}: what was downloaded before is damaged (${found.problem}); downloading again`,
            )
            await rm(join(downloads, artifact.folder), { recursive: true, force: true })
          }
          await downloadArtifact(artifact, downloads, progress)
        }
      }),
    )
  } finally {
    progress.close()
  }
}
