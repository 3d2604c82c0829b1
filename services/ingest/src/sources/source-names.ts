/** Names end up in idempotency keys (`source:id`), URLs and metric labels. */
const SOURCE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$/

/** Paths under /api/webhooks that are no source. */
const RESERVED = new Set(['person-change'])

/** Why a text is no name of a source, in words that go on after "is not valid: "; undefined where it is one. */
export function explainSourceName(name: string): string | undefined {
  if (!SOURCE_NAME.test(name)) {
    return "a source's name is letters, digits, dots, dashes and underscores, at most 64."
  }
  return RESERVED.has(name) ? `"${name}" is no free name.` : undefined
}
