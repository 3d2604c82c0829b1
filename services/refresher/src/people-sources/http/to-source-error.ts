import { garbage, PeopleSourceError } from './rules/source-errors.ts'

/**
 * What a request or a body that failed means. Only the code of the failure is told and no cause is kept: the words of
 * other code may quote addresses and headers.
 */
export function toSourceError(error: unknown): PeopleSourceError {
  if (error instanceof PeopleSourceError) return error
  const code = codeOf(error)
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') {
    return new PeopleSourceError('people_source_too_large', "an answer's headers are too large")
  }
  if (/^(Z_|ERR__ERROR_|ERR_ZLIB|ERR_PADDING|ERR_BROTLI)/.test(code))
    return garbage('the answer cannot be decompressed')
  if (code.startsWith('HPE_') || code === 'HTTPParserError') return garbage('the answer is no HTTP')
  return new PeopleSourceError('people_source_unavailable', `no answer (${code})`)
}

/** The innermost code, or name where it has none: fetch wraps what happened in `cause`. */
function codeOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.cause instanceof Error && depth < 5) return codeOf(error.cause, depth + 1)
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : error.name
}
