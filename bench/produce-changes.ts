import { createHash } from 'node:crypto'
import type { Encode } from '@buyer-group/shared/avro/encoder.ts'
import type { Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import { ceHeaders } from '@buyer-group/shared/messages/ce-headers.ts'
import type { PersonChange } from '@buyer-group/shared/messages/messages.ts'

/** A prime far from the number of companies: neighbours in the topic are of different companies, each as often. */
const STRIDE = 7_919

const AT_ONCE = 2_000

export interface ChangesToProduce {
  readonly topic: string
  readonly count: number
  readonly companies: number
  /** Event type: decides whether the detector takes them for significant. */
  readonly type: string
}

/** Publishes person changes as ingest would: about 460 bytes of payload, every event of its own id. */
export async function produceChanges(
  publisher: Publisher,
  encode: Encode<PersonChange>,
  { topic, count, companies, type }: ChangesToProduce,
): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index)
    await publisher.publish(
      numbers.map((number) => {
        const change = changeOf(number, companyOf(number, companies), type)
        const { eventId: id, source, timestamp: time, companyId } = change
        const headers = ceHeaders({ id: `${source}:${id}`, source, type, time, traceparent: traceOf(number) })
        return { topic, key: companyId, value: encode(change), headers }
      }),
    )
  }
}

/** The ids of all companies that have changes. */
export const companyIds = (companies: number) => Array.from({ length: companies }, (_, number) => `company-${number}`)

const companyOf = (number: number, companies: number) => (number * STRIDE) % companies

const traceOf = (number: number) => `00-${(number + 1).toString(16).padStart(32, '0')}-00000000000000a1-01`

function changeOf(number: number, company: number, type: string): PersonChange {
  const event = {
    id: `evt_${number}`,
    source: 'test',
    type,
    timestamp: '2026-01-15T09:30:00.000Z',
    person: {
      id: `person-${number % 100_000}`,
      name: 'Alexandra Example-Person',
      email: `person${number % 100_000}@example.com`,
      oldTitle: 'Director of Finance',
      newTitle: 'Chief Financial Officer',
      department: 'Finance',
    },
    company: { id: `company-${company}`, name: `Example Company ${company}` },
    changes: { title: { old: 'Director of Finance', new: 'Chief Financial Officer' } },
  }
  const payload = JSON.stringify(event)
  return {
    eventId: event.id,
    source: event.source,
    type,
    timestamp: Date.parse(event.timestamp),
    receivedAt: Date.now(),
    companyId: event.company.id,
    companyName: event.company.name,
    personId: event.person.id,
    bodySha256: createHash('sha256').update(payload).digest('hex'),
    payload,
  }
}
