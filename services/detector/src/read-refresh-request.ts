import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { isStorableTime } from '@buyer-group/shared/messages/is-storable-time.ts'
import type { RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import type { RequestMessage } from './rules/detector-message.ts'

/** Longer than any id that ingest takes (256 characters and a company prefix). */
const MAX_ID_LENGTH = 1_024

/**
 * Checks a decoded RefreshRequest: its ids become keys, so they must be some text.
 * @throws AppError `invalid_message` (permanent).
 */
export function readRefreshRequest(request: RefreshRequest): RequestMessage {
  for (const field of ['requestId', 'companyId', 'requestedBy'] as const) {
    if (!isId(request[field])) throw invalid(`${field} is empty, too long or holds a NUL character`)
  }
  if (!isStorableTime(request.requestedAt)) throw invalid('requestedAt is no time')
  return { kind: 'request', request }
}

function isId(text: string): boolean {
  return text !== '' && text.length <= MAX_ID_LENGTH && !text.includes('\0')
}

function invalid(what: string): AppError {
  return new AppError(`the message is no valid refresh request: ${what}`, {
    code: 'invalid_message',
    fate: 'permanent',
  })
}
