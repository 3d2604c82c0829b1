export interface AnswerToExplain {
  readonly source: string
  readonly status: number
  readonly code: string | undefined
  readonly eventId: string | undefined
  /** Whether the source may send events of the test's type. */
  readonly mayContainTest: boolean
}

export interface Explained {
  /** Whether it shows that the source works. */
  readonly ok: boolean
  readonly meaning: string
}

/** What ingest's answer to a test delivery means, and what to do. */
export function explainAnswer({ source, status, code, eventId, mayContainTest }: AnswerToExplain): Explained {
  if (status === 202 || status === 200) {
    return eventId === undefined
      ? { ok: true, meaning: 'Signature and format are right; the delivery held no event, so nothing was published.' }
      : { ok: true, meaning: `Signature and format are right; the event is published as ${source}:${eventId}.` }
  }
  // Nothing is parsed before the signature holds: these two say that it does.
  if (code === 'invalid_event' && eventId === undefined) {
    return { ok: true, meaning: 'The signature is right; a delivery without events is none of this format.' }
  }
  if (code === 'invalid_event' && !mayContainTest) {
    return { ok: true, meaning: 'The signature is right; the type is refused as the source\'s "eventTypes" ask for.' }
  }
  return { ok: false, meaning: (code && MEANINGS[code]) ?? 'This is no answer of ingest: is it what listens there?' }
}

const MEANINGS: Readonly<Record<string, string>> = {
  not_found:
    'Ingest does not know the source: does its SOURCES_FILE name this file, and does its log refuse the last change?',
  missing_signature: 'Ingest has another scheme for this source than this file: does its log refuse the last change?',
  invalid_signature:
    'Ingest has other secrets for this source, or another scheme: does its log refuse the last change, and does it read the same secrets?',
  stale_timestamp: "This machine's clock is more than 5 minutes from that of ingest.",
  invalid_event: 'The signature is right and the event is not: does this command have the version of ingest?',
  unknown_source: 'The signature is right; ingest has another format for this source than this file.',
  rate_limited: 'The signature is right; the source sends more events than it may. Try again in a moment.',
  unavailable: 'Ingest cannot take events now: /readyz on its admin port says what is away.',
}
