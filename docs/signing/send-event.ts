// Posts one person change, signed. Needs Node.js 22.18 or later, or any other way to run TypeScript.
//   WEBHOOK_SECRET=... URL=https://.../api/webhooks/person-change node send-event.ts
import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

const MAX_TRIES = 5

function sign(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
}

/** The answer, or undefined where none came. */
async function post(url: string, secret: string, body: string): Promise<Response | undefined> {
  // Signed anew for every try: a timestamp is good for 5 minutes.
  const timestamp = String(Date.now())
  const headers = {
    'content-type': 'application/json',
    'x-timestamp': timestamp,
    'x-signature': sign(secret, timestamp, body),
  }
  try {
    return await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(30_000) })
  } catch (error) {
    console.error('no answer:', error)
    return undefined
  }
}

async function send(url: string, secret: string, event: object): Promise<boolean> {
  // Serialised once: the bytes that are signed are the bytes that are sent, and the same at every try.
  const body = JSON.stringify(event)
  for (let attempt = 1; ; attempt += 1) {
    const response = await post(url, secret, body)
    if (response !== undefined) console.log(response.status, await response.text())
    const isWorthAnother = response === undefined || response.status === 429 || response.status === 503
    if (!isWorthAnother || attempt === MAX_TRIES) return response?.ok ?? false
    await sleep(1_000 * (Number(response?.headers.get('retry-after')) || 2 ** attempt))
  }
}

const secret = process.env.WEBHOOK_SECRET
const url = process.env.URL ?? 'http://localhost:3000/api/webhooks/person-change'
if (!secret) throw new Error('Set WEBHOOK_SECRET to the secret that you share with the receiver.')

const isTaken = await send(url, secret, {
  // The change's own id: sent again, it must come with the same id and the same body.
  id: `evt_${randomUUID()}`,
  source: 'test',
  type: 'person.promotion',
  timestamp: '2026-01-15T09:30:00Z',
  person: { id: 'p-17', name: 'Pat Doe', newTitle: 'Chief Financial Officer' },
  company: { id: 'acme', name: 'Acme Inc' },
  changes: { title: { old: 'Director of Finance', new: 'Chief Financial Officer' } },
})
process.exitCode = isTaken ? 0 : 1
