import { ConfigError, EXIT_CONFIG } from '../config/read-config.ts'
import { classifyError } from '../errors/classify-error.ts'

/** Exit code when a part that is needed does not answer (sysexits.h EX_UNAVAILABLE). */
export const EXIT_UNAVAILABLE = 69

/**
 * Runs a one-shot command and turns what it throws into one sentence on standard error and an exit code:
 * 78 for a bad configuration, 69 for a part that is away, 1 for everything else.
 */
export async function runCli(name: string, command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = exitCodeOf(error)
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError) return EXIT_CONFIG
  return classifyError(error).fate === 'unavailable' ? EXIT_UNAVAILABLE : 1
}
