import { hash } from 'node:crypto'
import type { Adapter } from './adapter.ts'

/** The native event as it is: one a delivery, published as the signed bytes. */
export const nativeAdapter: Adapter = {
  name: 'native',
  toEvents: ({ value, text, bytes }) => ({
    ok: true,
    events: [{ event: value, payload: text, bodySha256: hash('sha256', bytes), path: [] }],
  }),
}
