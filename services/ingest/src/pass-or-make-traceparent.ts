import { isTraceparent, makeTraceparent } from '@buyer-group/shared/messages/traceparent.ts'

/** Passes a valid W3C `traceparent` on; makes a new one of anything else. */
export function passOrMakeTraceparent(header: string | undefined): string {
  return header !== undefined && isTraceparent(header) ? header : makeTraceparent()
}
