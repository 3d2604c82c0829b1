import { formatTime } from '@buyer-group/shared/command-line/rules/format-table.ts'

/** A reference to a secret as it stands in the file, its times still text. */
export interface RawReference {
  readonly env?: string
  readonly file?: string
  readonly notBefore?: string
  readonly notAfter?: string
}

/** An entry as it stands in the file. */
export interface RawSource {
  readonly name: string
  readonly secrets: readonly RawReference[]
}

/**
 * Adds a new secret that is valid from `now` and lets the ones before it end at `until`; one that ends before, or begins
 * after, is left as it is. Both in milliseconds since the epoch, to the second; `until` is not before `now`.
 */
export function rotate<Source extends RawSource>(source: Source, added: RawReference, now: number, until: number) {
  const end = formatTime(until)
  const ends = ({ notBefore, notAfter }: RawReference) =>
    (notBefore === undefined || Date.parse(notBefore) < until) &&
    (notAfter === undefined || Date.parse(notAfter) > until)
  const secrets = source.secrets.map((secret) => (ends(secret) ? { ...secret, notAfter: end } : secret))
  return {
    source: { ...source, secrets: [...secrets, { ...added, notBefore: formatTime(now) }] },
    ending: source.secrets.filter(ends),
  }
}

/** Leaves out the secrets that have ended at `now`; all of them only where that leaves another. */
export function finishRotation<Source extends RawSource>(source: Source, now: number) {
  const hasEnded = ({ notAfter }: RawReference) => notAfter !== undefined && Date.parse(notAfter) <= now
  const secrets = source.secrets.filter((secret) => !hasEnded(secret))
  return secrets.length === 0
    ? { source, removed: [] }
    : { source: { ...source, secrets }, removed: source.secrets.filter(hasEnded) }
}

/** What a reference is called: its variable or file. */
export function referenceName({ env, file }: Pick<RawReference, 'env' | 'file'>): string {
  return file ?? env ?? ''
}
