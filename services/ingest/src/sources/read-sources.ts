import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import type { IngestConfig } from '../config.ts'
import { MIN_SECRET_LENGTH } from '../schemes/text-key.ts'
import { explainSourceName } from './source-names.ts'
import type { SourceDefinition } from './sources.ts'

const OWN_SECRET = 'WEBHOOK_SECRET_'

type Environment = Readonly<Record<string, string | undefined>>

export interface SourceSettings {
  readonly definitions: readonly SourceDefinition[]
  readonly commonSecrets: readonly string[]
}

/**
 * Reads the sources of `WEBHOOK_SOURCES` with their secrets and prefixes; the second step after `readConfig`, because
 * the names of the variables depend on it. Where there is a file of sources, the names that are taken by default do not
 * ask for a `WEBHOOK_SECRET`: those without any secret are left out.
 * @throws ConfigError naming the variable and the reason.
 */
export function readSources(
  config: Pick<IngestConfig, 'WEBHOOK_SOURCES' | 'WEBHOOK_SECRET' | 'COMPANY_ID_PREFIXES' | 'SOURCES_FILE'>,
  env: Environment,
): SourceSettings {
  const nameByVariable = readNames(config.WEBHOOK_SOURCES)
  const prefixes = readPrefixes(config.COMPANY_ID_PREFIXES ?? [], config.WEBHOOK_SOURCES)
  const commonSecrets = readSecrets('WEBHOOK_SECRET', config.WEBHOOK_SECRET)
  const isOptional = config.SOURCES_FILE !== undefined && !env.WEBHOOK_SOURCES && commonSecrets.length === 0
  const definitions = [...nameByVariable]
    .map(([variable, name]) => ({
      name,
      ownSecrets: readSecrets(variable, env[variable]),
      companyIdPrefix: prefixes.get(name) ?? '',
    }))
    .filter(({ ownSecrets }) => !isOptional || ownSecrets.length > 0)
  return { definitions, commonSecrets }
}

/** The sources of the environment and those of the file; one that both name is the file's. */
export function joinSources(
  { definitions, commonSecrets }: SourceSettings,
  ofFile: readonly SourceDefinition[],
): SourceSettings {
  const names = new Set(ofFile.map(({ name }) => name))
  return { definitions: [...definitions.filter(({ name }) => !names.has(name)), ...ofFile], commonSecrets }
}

/** The name of a source for which there is no secret, neither of its own nor a common one. */
export function findSourceWithoutSecret({ definitions, commonSecrets }: SourceSettings): string | undefined {
  return commonSecrets.length > 0 ? undefined : definitions.find(({ ownSecrets }) => ownSecrets.length === 0)?.name
}

/**
 * Refuses a variable that looks like a source's secrets and belongs to none: a slip in a name would leave the source
 * with other secrets than was meant.
 * @param referred the variables that a file of sources names.
 * @throws ConfigError naming the variable.
 */
export function refuseStraySecrets(
  config: Pick<IngestConfig, 'WEBHOOK_SOURCES'>,
  env: Environment,
  referred: readonly string[] = [],
): void {
  const known = new Set([...config.WEBHOOK_SOURCES.map(secretVariable), ...referred])
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(OWN_SECRET) || value === undefined || value === '') continue
    if (!known.has(variable)) {
      throw new ConfigError(`${variable} belongs to no source: add the source to WEBHOOK_SOURCES or unset it.`)
    }
  }
}

/** The variable with a source's own secrets: `WEBHOOK_SECRET_` and its name in capitals, other characters as `_`. */
export function secretVariable(source: string): string {
  return OWN_SECRET + source.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}

function readNames(names: readonly string[]): Map<string, string> {
  const nameByVariable = new Map<string, string>()
  for (const name of names) {
    const problem = explainSourceName(name)
    if (problem !== undefined) throw new ConfigError(`WEBHOOK_SOURCES is not valid: ${problem}`)
    const variable = secretVariable(name)
    const other = nameByVariable.get(variable)
    if (other !== undefined) {
      throw new ConfigError(
        other === name
          ? `WEBHOOK_SOURCES is not valid: it names "${name}" twice.`
          : `WEBHOOK_SOURCES is not valid: "${other}" and "${name}" would share the variable ${variable}.`,
      )
    }
    nameByVariable.set(variable, name)
  }
  return nameByVariable
}

function readSecrets(variable: string, value: string | undefined): string[] {
  const secrets = (value ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
  if (secrets.some((secret) => secret.length < MIN_SECRET_LENGTH)) {
    throw new ConfigError(`${variable} is not valid: a secret has at least ${MIN_SECRET_LENGTH} characters.`)
  }
  return secrets
}

function readPrefixes(pairs: readonly string[], names: readonly string[]): Map<string, string> {
  const prefixes = new Map<string, string>()
  for (const pair of pairs) {
    const [, name = '', prefix = ''] = /^([^=]+)=(.{1,64})$/.exec(pair) ?? []
    if (name === '') {
      throw new ConfigError('COMPANY_ID_PREFIXES is not valid: expected source=prefix pairs, such as linkedin=li:')
    }
    if (!names.includes(name)) {
      throw new ConfigError(`COMPANY_ID_PREFIXES is not valid: "${name}" is no source of WEBHOOK_SOURCES.`)
    }
    prefixes.set(name, prefix)
  }
  return prefixes
}
