import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { MAVEN_DEPENDENCY_PLUGIN } from '../versions.ts'
import { mavenProgress } from './maven-progress.ts'
import { runClient } from './run-client.ts'

/**
 * Runs one goal of Maven's dependency plugin, with strict checksums, under the user's own Maven settings.
 * @param fresh use an empty local repository instead of the user's, whose copy may be the broken one
 */
export async function runMaven(
  goal: 'copy' | 'copy-dependencies',
  properties: Readonly<Record<string, string>>,
  options: { readonly pom?: string; readonly fresh: boolean; readonly into: string; onBytes(bytes: number): void },
): Promise<void> {
  const repository = `${options.into}.m2`
  const all = {
    ...properties,
    outputDirectory: options.into,
    ...(options.fresh ? { 'maven.repo.local': repository } : {}),
  }
  const bytes = mavenProgress()
  try {
    await runClient(
      'mvn',
      [
        '--strict-checksums',
        ...(options.pom === undefined ? [] : ['--file', options.pom]),
        `${MAVEN_DEPENDENCY_PLUGIN}:${goal}`,
        ...Object.entries(all).map(([name, value]) => `-D${name}=${value}`),
      ],
      { cwd: join(options.into, '..'), onOutput: (text) => options.onBytes(bytes(text)) },
    )
  } finally {
    await rm(repository, { recursive: true, force: true })
  }
}
