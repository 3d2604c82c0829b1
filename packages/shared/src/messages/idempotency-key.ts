/** The key of an event across the system: `source:id`. Sources hold no colon, so it reads back without doubt. */
export function eventIdempotencyKey(source: string, eventId: string): string {
  return `${source}:${eventId}`
}
