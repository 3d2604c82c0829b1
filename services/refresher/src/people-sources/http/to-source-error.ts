import { garbage, PeopleSourceError } from './rules/source-errors.ts'

/** No connection came about: nobody can be served. */
const UNREACHABLE =
  /^(ECONNREFUSED|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL|ENOTFOUND|EAI_\w+|UND_ERR_CONNECT_TIMEOUT|EPROTO|E[MN]FILE|CERT_\w+|ERR_(SSL|TLS)_\w+|UNABLE_TO_\w+|(DEPTH_ZERO_)?SELF_SIGNED_CERT\w*)$/

/** The connection broke off, or was silent. */
const NO_ANSWER =
  /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|UND_ERR_(SOCKET|HEADERS_TIMEOUT|BODY_TIMEOUT|DESTROYED|CLOSED))$/

/**
 * What a request or a body that failed means. Only the code of the failure is told and no cause is kept: the words of
 * other code may quote addresses and headers. What is not known to be the network's is the answer's: it must not make
 * everybody wait.
 */
export function toSourceError(error: unknown): PeopleSourceError {
  if (error instanceof PeopleSourceError) return error
  const code = codeOf(error)
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') {
    return new PeopleSourceError('people_source_too_large', "an answer's headers are too large")
  }
  if (UNREACHABLE.test(code)) return new PeopleSourceError('people_source_unreachable', `no connection (${code})`)
  if (NO_ANSWER.test(code)) return new PeopleSourceError('people_source_unavailable', `no answer (${code})`)
  return garbage(`the answer cannot be read (${code})`)
}

/** The innermost code, or name where it has none: fetch wraps what happened in `cause`. */
function codeOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.cause instanceof Error && depth < 5) return codeOf(error.cause, depth + 1)
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : error.name
}
