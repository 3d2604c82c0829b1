import type { Adapter } from '../adapters/adapter.ts'
import { nativeAdapter } from '../adapters/native.ts'
import { nativeScheme } from '../schemes/native.ts'
import type { Scheme, Secret } from '../schemes/scheme.ts'

/** A configured provider. */
export interface Source {
  readonly name: string
  readonly scheme: Scheme
  readonly adapter: Adapter
  /** Of all times; `secretsAt` tells those that are valid now. */
  readonly secrets: readonly Secret[]
  /** Goes before the ids of its companies; empty where it uses the common namespace. */
  readonly companyIdPrefix: string
  /** Whether it may send events of this type. */
  mayContain(eventType: string): boolean
  /** The most events a second that one instance takes from it; undefined for no limit of its own. */
  readonly eventsPerSecond: number | undefined
}

/** Which sources there are and which secrets speak for them. Replaced as a whole when the configuration is read again. */
export interface Sources {
  readonly names: readonly string[]
  find(name: string): Source | undefined
  /** Every secret of the native scheme, each once: they are tried at the address for all sources. */
  readonly allSecrets: readonly Secret[]
  /** The secrets that are valid for a source; a name that is not configured has the common ones. */
  secretsFor(name: string): readonly Secret[]
}

export interface SecretDefinition {
  readonly text: string
  /** In milliseconds since the epoch. */
  readonly notBefore?: number
  readonly notAfter?: number
}

export interface SourceDefinition {
  readonly name: string
  /** Native unless given. */
  readonly scheme?: Scheme
  readonly adapter?: Adapter
  /** Secrets of its own; empty where the common ones serve. */
  readonly ownSecrets: readonly (string | SecretDefinition)[]
  readonly companyIdPrefix: string
  /** Types, or beginnings of types that end in `*`; every type unless given. */
  readonly eventTypes?: readonly string[] | undefined
  readonly eventsPerSecond?: number | undefined
}

/**
 * Builds the lookup from definitions and the secrets that serve every native source without its own.
 * @throws Error of a scheme that takes a text for no secret of its kind.
 */
export function createSources(definitions: readonly SourceDefinition[], commonSecrets: readonly string[]): Sources {
  const known = new Map<string, Secret>()
  const toSecret = (scheme: Scheme, definition: string | SecretDefinition): Secret => {
    const { text, ...times } = typeof definition === 'string' ? { text: definition } : definition
    const identity = JSON.stringify([scheme.name, text, times])
    const secret = known.get(identity) ?? { key: scheme.toKey(text), ...times }
    known.set(identity, secret)
    return secret
  }
  const common = commonSecrets.map((text) => toSecret(nativeScheme, text))
  const sources = new Map<string, Source>()
  for (const definition of definitions) {
    const { name, scheme = nativeScheme, adapter = nativeAdapter, ownSecrets, companyIdPrefix, eventTypes } = definition
    const own = ownSecrets.map((secret) => toSecret(scheme, secret))
    const secrets = own.length > 0 || scheme !== nativeScheme ? own : common
    const mayContain = allowing(eventTypes)
    const { eventsPerSecond } = definition
    sources.set(name, { name, scheme, adapter, secrets, companyIdPrefix, mayContain, eventsPerSecond })
  }
  const native = [...sources.values()].filter(({ scheme }) => scheme === nativeScheme)
  return {
    names: definitions.map(({ name }) => name),
    find: (name) => sources.get(name),
    allSecrets: [...new Set([...common, ...native.flatMap(({ secrets }) => secrets)])],
    secretsFor: (name) => sources.get(name)?.secrets ?? common,
  }
}

/** Whether a type is one of these, or begins as one that ends in `*`; every type where none is given. */
export function allowing(eventTypes: readonly string[] | undefined): (eventType: string) => boolean {
  if (eventTypes === undefined) return () => true
  const whole = new Set(eventTypes)
  const beginnings = eventTypes.filter((type) => type.endsWith('*')).map((type) => type.slice(0, -1))
  return (type) => whole.has(type) || beginnings.some((beginning) => type.startsWith(beginning))
}
