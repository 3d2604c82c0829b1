import { spawn } from 'node:child_process'

/**
 * Runs a package client to its end.
 * @param onOutput gets every piece of standard output as it comes
 * @throws Error with the client's last words when it cannot be started or exits other than 0
 */
export function runClient(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly onOutput?: (text: string) => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let words = ''
    const keep = (text: string) => {
      words = (words + text).slice(-8_000)
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      keep(text)
      options.onOutput?.(text)
    })
    child.stderr.setEncoding('utf8').on('data', keep)
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`${command} ended with ${signal ?? `exit code ${code}`}: ${lastError(words)}`))
    })
  })
}

/** The line that says why: the first error line, otherwise the last line. Colours and addresses are taken out. */
function lastError(words: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colour codes start with the escape character
  const plain = words.replace(/\u001b\[[\d;]*m/g, '').replace(/https?:\/\/\S+/g, 'its registry')
  const lines = plain.split(/[\r\n]+/).filter((line) => line.trim() !== '')
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'no output').trim().slice(0, 400)
}
