/** Values by name, as a file of KEY=VALUE lines. */
export type EnvValues = Readonly<Record<string, string>>

/**
 * Reads KEY=VALUE lines as shells and `docker --env-file` do in the plain case: blank lines and lines that begin with #
 * are passed over, everything after the first = is the value, nothing is unquoted.
 * @throws Error naming the line that has no name or no =
 */
export function parseEnvFile(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line)
    if (match?.[1] === undefined) throw new Error(`line ${index + 1} is not KEY=VALUE`)
    values[match[1]] = match[2] ?? ''
  }
  return values
}

/**
 * The lines that {@link parseEnvFile} reads.
 * @throws Error when a value holds a line break, which no such file can carry
 */
export function formatEnvFile(values: EnvValues): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (/[\r\n]/.test(value)) throw new Error(`the value of ${name} holds a line break`)
      return `${name}=${value}\n`
    })
    .join('')
}
