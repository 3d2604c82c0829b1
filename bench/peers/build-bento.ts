import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const SOURCES = join(import.meta.dirname, 'bento')
const PROJECT = join(import.meta.dirname, '../..')

/** As `bento/go.mod` has it; the program is built again for another. */
const VERSION = '1.15.0'

/** Why Bento cannot be built here, in one sentence. */
export class NoGo extends Error {
  override readonly name = 'NoGo'
}

/**
 * The path of a Bento with the components that `bento/main.go` names, built once into `.stack/`.
 * @throws NoGo where there is no Go; what the compiler says where the build fails.
 */
export async function buildBento(): Promise<string> {
  const program = join(PROJECT, '.stack/peers', `bento-${VERSION}`)
  if (existsSync(program)) return program
  if (spawnSync('go', ['version']).status !== 0) {
    throw new NoGo('Go is needed to build Bento and is not on the PATH: install Go 1.25 or later from go.dev.')
  }
  console.log(`building Bento ${VERSION}, once; this takes some minutes ...`)
  await promisify(execFile)('go', ['build', '-trimpath', '-o', program, '.'], { cwd: SOURCES })
  return program
}
