import { createSecretKey, type KeyObject } from 'node:crypto'

/** One active secret. Compared by identity: equal texts are one `Secret`. */
export interface Secret {
  readonly key: KeyObject
}

/** A configured provider. */
export interface Source {
  readonly name: string
  /** All active ones. */
  readonly secrets: readonly Secret[]
  /** Goes before the ids of its companies; empty where it uses the common namespace. */
  readonly companyIdPrefix: string
}

/** Which sources there are and which secrets speak for them. */
export interface Sources {
  readonly names: readonly string[]
  find(name: string): Source | undefined
  /** Every active secret, each once. */
  readonly allSecrets: readonly Secret[]
  /** The secrets that are valid for a source; a name that is not configured has the common ones. */
  secretsFor(name: string): readonly Secret[]
}

export interface SourceDefinition {
  readonly name: string
  /** Secrets of its own; empty where the common ones serve. */
  readonly ownSecrets: readonly string[]
  readonly companyIdPrefix: string
}

/** Builds the lookup from definitions and the secrets that serve every source without its own. */
export function createSources(definitions: readonly SourceDefinition[], commonSecrets: readonly string[]): Sources {
  const secretByText = new Map<string, Secret>()
  const toSecret = (text: string): Secret => {
    const secret = secretByText.get(text) ?? { key: createSecretKey(Buffer.from(text, 'utf8')) }
    secretByText.set(text, secret)
    return secret
  }
  const common = commonSecrets.map(toSecret)
  const sources = new Map<string, Source>()
  for (const { name, ownSecrets, companyIdPrefix } of definitions) {
    const secrets = ownSecrets.length > 0 ? ownSecrets.map(toSecret) : common
    sources.set(name, { name, secrets, companyIdPrefix })
  }
  return {
    names: definitions.map(({ name }) => name),
    find: (name) => sources.get(name),
    allSecrets: [...secretByText.values()],
    secretsFor: (name) => sources.get(name)?.secrets ?? common,
  }
}
