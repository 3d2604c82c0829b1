import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import { readJsonFile } from '@buyer-group/shared/config/read-json-file.ts'
import type { z } from 'zod'

/** As large as the services take theirs (packages/shared/src/config/reloading-file.ts). */
const MAX_BYTES = 256 * 1024

/**
 * The value of a JSON file that a command was given, checked as a service checks it.
 * @param name the option or variable that names the file, for the message.
 * @throws ConfigError saying what is wrong with the file, every issue with its path in it.
 */
export async function requireJsonFile<Schema extends z.ZodType>(
  name: string,
  path: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const read = await readJsonFile({ path, schema, maxBytes: MAX_BYTES })
  if (read.ok) return read.value
  throw new ConfigError(`${name} names the file ${path}, which ${read.problem}.`)
}
