import type { SignificancePolicy } from './significance-policy.ts'

/** A policy made ready to be asked once an event. */
export interface CompiledPolicy {
  readonly significantTypes: ReadonlySet<string>
  readonly ignoreCosmetic: boolean
  isTrusted(type: string, source: string): boolean
}

export function compilePolicy({ significantTypes, untrusted, ignoreCosmetic }: SignificancePolicy): CompiledPolicy {
  const rules = untrusted.map(({ types, sources }) => ({
    names: new Set(types),
    prefixes: (types ?? []).filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1)),
    anyType: types === undefined,
    sources: sources === undefined ? undefined : new Set(sources),
  }))
  return {
    significantTypes: new Set(significantTypes),
    ignoreCosmetic,
    isTrusted: (type, source) =>
      !rules.some(
        ({ names, prefixes, anyType, sources }) =>
          (sources === undefined || sources.has(source)) &&
          (anyType || names.has(type) || prefixes.some((prefix) => type.startsWith(prefix))),
      ),
  }
}
