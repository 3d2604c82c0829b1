import { readFileSync } from 'node:fs'
import type { Adapter, Delivery } from '../adapters/adapter.ts'
import { validateReportedEvent } from '../rules/validate-native-event.ts'

export const RECEIVED_AT = Date.UTC(2026, 1, 5, 12)

/** A recorded shape of a provider's delivery (adapters/fixtures/README.md). */
export function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../adapters/fixtures/${name}.json`, import.meta.url), 'utf8'))
}

/** A delivery of this value by a source called `provider`. */
export function deliveryOf(value: unknown, receivedAt: number = RECEIVED_AT): Delivery {
  const text = JSON.stringify(value)
  return { source: 'provider', value, text, bytes: Buffer.from(text), receivedAt }
}

/**
 * The events of a delivery, as they are published.
 * @throws Error with the issues where it is not taken, or one of them is not valid.
 */
export function eventsOf(adapter: Adapter, value: unknown, receivedAt?: number) {
  const adapted = adapter.toEvents(deliveryOf(value, receivedAt))
  if (!adapted.ok) throw new Error(JSON.stringify(adapted.issues))
  return adapted.events.map(({ payload, bodySha256, path }) => {
    const validated = validateReportedEvent(JSON.parse(payload), RECEIVED_AT)
    if (!validated.ok) throw new Error(JSON.stringify(validated.issues))
    return { ...validated.event, bodySha256, path }
  })
}
