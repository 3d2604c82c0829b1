import { countOf } from '@buyer-group/shared/command-line/rules/format-table.ts'

export interface EndFacts {
  readonly kind: 'completed' | 'interrupted' | 'cancelled'
  readonly replayed: number
  readonly skipped: number
  readonly planned: number
  readonly expired: number
}

/** What a replay came to, a line each. */
export function describeEnd(replayId: string, end: EndFacts): string[] {
  const { kind, replayed, skipped, planned, expired } = end
  const lines = [
    `Replay ${replayId} is ${kind}: ${replayed.toLocaleString('en')} of ${countOf(planned, 'letter')} replayed, ${skipped.toLocaleString('en')} skipped.`,
  ]
  if (expired > 0) lines.push(describeExpired(expired))
  if (kind === 'interrupted') lines.push(`Go on with it: npm run dlq -- replay ${replayId}`)
  return lines
}

/** That a replay came too late for some letters of its plan, or others between them. */
export function describeExpired(offsets: number): string {
  return `WARNING: ${countOf(offsets, 'offset')} of its ranges had expired in Kafka before it came to them.`
}
