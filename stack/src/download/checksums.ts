import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** SHA-256 in lower-case hex by path relative to a directory, as `sha256sum` writes them. */
export type Checksums = ReadonlyMap<string, string>

/** What is wrong with one file of a directory that was compared with its checksums. */
export type ChecksumProblem = { readonly file: string; readonly problem: 'missing' | 'unexpected' | 'wrong' }

/**
 * Reads lines of `sha256sum` form: 64 hex digits, two spaces, a relative path.
 * @throws Error naming the line that is not of that form.
 */
export function parseChecksums(text: string): Checksums {
  const checksums = new Map<string, string>()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(line)
    if (match?.[1] === undefined || match[2] === undefined) {
      throw new Error(`line ${index + 1} of the checksums is not "<sha-256>  <file>": ${line}`)
    }
    checksums.set(match[2], match[1])
  }
  return checksums
}

/** The lines that {@link parseChecksums} reads, sorted by path. */
export function formatChecksums(checksums: Checksums): string {
  return [...checksums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, sum]) => `${sum}  ${file}\n`)
    .join('')
}

/** The differences between what is expected and what was found; empty when they are the same. */
export function compareChecksums(expected: Checksums, found: Checksums): ChecksumProblem[] {
  const problems: ChecksumProblem[] = []
  for (const [file, sum] of expected) {
    const actual = found.get(file)
    if (actual === undefined) problems.push({ file, problem: 'missing' })
    else if (actual !== sum) problems.push({ file, problem: 'wrong' })
  }
  for (const file of found.keys()) if (!expected.has(file)) problems.push({ file, problem: 'unexpected' })
  return problems
}

/** One line for people about what differs: the first file and how many others. */
export function describeProblems(problems: readonly ChecksumProblem[]): string {
  const [first] = problems
  if (!first) return 'no difference'
  const words = { missing: 'is missing', unexpected: 'does not belong there', wrong: 'has a wrong SHA-256 checksum' }
  const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return `${first.file} ${words[first.problem]}${rest}`
}

/** SHA-256 of every file under a directory, by relative path; an absent directory has none. */
export async function checksumDirectory(directory: string, except: readonly string[] = []): Promise<Checksums> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const checksums = new Map<string, string>()
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const relative = path.slice(directory.length + 1)
    if (!except.includes(relative)) checksums.set(relative, await checksumFile(path))
  }
  return checksums
}

/** SHA-256 of one file in lower-case hex. */
export async function checksumFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return hash.digest('hex')
}
