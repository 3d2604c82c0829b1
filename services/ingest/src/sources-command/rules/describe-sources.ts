import { formatTable, formatTime } from '@buyer-group/shared/command-line/rules/format-table.ts'

/** A secret without its text. Times are in milliseconds since the epoch. */
export interface SecretOverview {
  /** The variable or file that it is in. */
  readonly from: string
  readonly fingerprint?: string
  /** Why there is none. */
  readonly problem?: string
  readonly notBefore?: number | undefined
  readonly notAfter?: number | undefined
}

export interface SourceOverview {
  readonly name: string
  readonly scheme: string
  readonly adapter: string
  readonly address: string
  /** The variable that names it, or the file that it stands in. */
  readonly from: 'WEBHOOK_SOURCES' | 'SOURCES_FILE'
  readonly eventsPerSecond: number | undefined
  readonly eventTypes: readonly string[] | undefined
  readonly companyIdPrefix: string
  readonly secrets: readonly SecretOverview[]
}

/** Two tables: the sources, and the secrets of each with their validity at `now` (milliseconds). */
export function describeSources(sources: readonly SourceOverview[], now: number): string[] {
  return [
    ...formatTable(
      ['source', 'scheme', 'format', 'address', 'named in', 'events/s', 'types', 'company prefix'],
      sources.map((source) => [
        source.name,
        source.scheme,
        source.adapter,
        source.address,
        source.from,
        source.eventsPerSecond?.toLocaleString('en') ?? 'no limit',
        source.eventTypes?.join(' ') ?? 'all',
        source.companyIdPrefix,
      ]),
    ),
    '',
    ...formatTable(
      ['source', 'secret', 'fingerprint', 'is', 'from', 'until'],
      sources.flatMap(({ name, secrets }) =>
        secrets.map((secret) => [
          name,
          secret.from,
          secret.fingerprint ?? '-',
          secret.problem === undefined ? validity(secret, now) : `unusable: ${secret.problem}`,
          secret.notBefore === undefined ? '' : formatTime(secret.notBefore),
          secret.notAfter === undefined ? '' : formatTime(secret.notAfter),
        ]),
      ),
    ),
  ]
}

function validity({ notBefore, notAfter }: SecretOverview, now: number): string {
  if (notBefore !== undefined && now < notBefore) return 'not valid yet'
  return notAfter !== undefined && now >= notAfter ? 'ended' : 'valid'
}
