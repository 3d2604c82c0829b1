import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import type { IngestConfig } from '../config.ts'
import { MIN_SECRET_LENGTH } from '../schemes/text-key.ts'
import type { SourceDefinition } from './sources.ts'

const OWN_SECRET = 'WEBHOOK_SECRET_'

/** Names end up in idempotency keys (`source:id`), URLs and metric labels. */
const SOURCE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$/

/** Paths under /api/webhooks that are no source. */
const RESERVED = new Set(['person-change'])

export interface SourceSettings {
  readonly definitions: readonly SourceDefinition[]
  readonly commonSecrets: readonly string[]
}

/**
 * Reads the sources with their secrets and prefixes; the second step after `readConfig`, because the names of the
 * variables depend on `WEBHOOK_SOURCES`.
 * @throws ConfigError naming the variable and the reason.
 */
export function readSources(
  config: Pick<IngestConfig, 'WEBHOOK_SOURCES' | 'WEBHOOK_SECRET' | 'COMPANY_ID_PREFIXES'>,
  env: Readonly<Record<string, string | undefined>>,
): SourceSettings {
  const nameByVariable = readNames(config.WEBHOOK_SOURCES)
  refuseStraySecrets(nameByVariable, env)
  const prefixes = readPrefixes(config.COMPANY_ID_PREFIXES ?? [], config.WEBHOOK_SOURCES)
  const definitions = [...nameByVariable].map(([variable, name]) => ({
    name,
    ownSecrets: readSecrets(variable, env[variable]),
    companyIdPrefix: prefixes.get(name) ?? '',
  }))
  const commonSecrets = readSecrets('WEBHOOK_SECRET', config.WEBHOOK_SECRET)
  const without = definitions.find(({ ownSecrets }) => ownSecrets.length === 0)
  if (commonSecrets.length === 0 && without !== undefined) {
    throw new ConfigError(
      `WEBHOOK_SECRET is required but not set: the source "${without.name}" has no secret of its own (${secretVariable(without.name)}). It is the secret that providers sign with.`,
    )
  }
  return { definitions, commonSecrets }
}

/** The variable with a source's own secrets: `WEBHOOK_SECRET_` and its name in capitals, other characters as `_`. */
export function secretVariable(source: string): string {
  return OWN_SECRET + source.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}

function readNames(names: readonly string[]): Map<string, string> {
  const nameByVariable = new Map<string, string>()
  for (const name of names) {
    if (!SOURCE_NAME.test(name)) {
      throw new ConfigError(
        `WEBHOOK_SOURCES is not valid: a source's name is letters, digits, dots, dashes and underscores, at most 64.`,
      )
    }
    if (RESERVED.has(name)) throw new ConfigError(`WEBHOOK_SOURCES is not valid: "${name}" is no free name.`)
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

function refuseStraySecrets(
  nameByVariable: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
): void {
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(OWN_SECRET) || value === undefined || value === '') continue
    if (!nameByVariable.has(variable)) {
      throw new ConfigError(`${variable} belongs to no source: add the source to WEBHOOK_SOURCES or unset it.`)
    }
  }
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
