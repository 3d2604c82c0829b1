import { z } from 'zod'

/** Exit code for a bad configuration (sysexits.h EX_CONFIG). */
export const EXIT_CONFIG = 78

/** A bad environment variable, in one sentence that names it and says what to do. */
export class ConfigError extends Error {
  readonly code = 'bad_configuration'

  constructor(message: string) {
    super(message)
    this.name = 'ConfigError'
  }
}

/**
 * Reads a service's configuration from the environment, once, in main. An empty variable counts as unset.
 * @throws ConfigError naming the first bad variable and the reason.
 */
export function readConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const known = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = env[name]
      return value === undefined || value === '' ? [] : [[name, value] as const]
    }),
  )
  const parsed = schema.safeParse(known)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const name = String(issue?.path[0] ?? 'environment')
  const missing = !(name in known)
  const meaning = schema.shape[name] instanceof z.ZodType ? schema.shape[name].description : undefined
  const reason = missing ? 'is required but not set' : `is not valid: ${issue?.message ?? 'unknown reason'}`
  throw new ConfigError(`${name} ${reason}.${meaning === undefined ? '' : ` It is ${meaning}`}`)
}
