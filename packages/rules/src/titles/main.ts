import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { runCli } from '@buyer-group/shared/setup/run-cli.ts'
import { Command } from 'commander'
import { toTitleLines } from './title-lines.ts'

await new Command('npm run --silent titles --')
  .description('Prints title, seniority and department, parted by tabs, for each line of a file of titles.')
  .argument('[file]', 'UTF-8, one title a line; "-" or none for standard input', '-')
  .addHelpText(
    'after',
    `
Lines stay one to one, also empty ones; tabs and other control characters in a title become spaces.
How titles are read, and how well: docs/titles.md.`,
  )
  .action((file: string) => runCli('titles', () => run(file)))
  .parseAsync()

async function run(file: string): Promise<void> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  try {
    await pipeline(Readable.from(toTitleLines(input.setEncoding('utf8'))), process.stdout, { end: false })
  } catch (error) {
    throwUnlessReaderLeft(file, error)
  }
}

/** Who reads the output may have enough ("| head"): that ends the work and is no failure. */
function throwUnlessReaderLeft(file: string, error: unknown): void {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE') return
  if (syscall !== 'open' && syscall !== 'read') throw error
  const message = `Cannot read ${file} (${code}): give the path of a text file with one title a line.`
  throw new AppError(message, { code: 'unreadable_titles', fate: 'permanent', cause: error })
}
