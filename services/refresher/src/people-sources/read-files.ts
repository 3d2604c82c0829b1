import { readFileSync } from 'node:fs'
import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import type { PeopleSourceConfig } from './config.ts'

/**
 * Reads the file that a variable names.
 * @throws ConfigError naming the variable and the file, never its content, with what `parse` says.
 */
export function readConfiguredFile<Result>(
  variable: keyof PeopleSourceConfig,
  path: string | undefined,
  parse: (text: string) => Result,
): Result {
  if (path === undefined) throw new ConfigError(`${variable} is required but not set.`)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(
      `${variable} is not valid: ${path} cannot be read (${String((error as { code?: unknown }).code)}).`,
    )
  }
  try {
    return parse(text)
  } catch (error) {
    throw new ConfigError(`${variable} is not valid: ${path}: ${(error as Error).message}.`)
  }
}

/** The token, from the variable or from the file that stands in for it; undefined where neither is set. */
export function readToken(config: PeopleSourceConfig): string | undefined {
  const { PEOPLE_SOURCE_TOKEN: token, PEOPLE_SOURCE_TOKEN_FILE: file } = config
  if (file === undefined) return token
  return readConfiguredFile('PEOPLE_SOURCE_TOKEN_FILE', file, (text) => {
    const read = text.trim()
    if (!/^[!-~]+$/.test(read)) throw new Error('expected one line of visible ASCII characters')
    return read
  })
}
