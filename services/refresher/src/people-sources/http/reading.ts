import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'

/** How far the people of one company have been read. */
export interface Reading {
  readonly companyId: string
  /** Of the refresh that reads. */
  readonly idempotencyKey: string
  /** The page to be asked for next; null once all are read. */
  next: URL | null
  /** Pages that were read. */
  pages: number
  /** Their addresses. */
  readonly visited: Set<string>
  /** Rows that were read, those left out included. */
  rows: number
  readonly people: SourcedPerson[]
  /** What the people take as JSON. */
  bytes: number
  /** Why the first row that was left out is unreadable: names fields, never values. */
  unreadable: string | undefined
  /** Requests that were sent by the call under way. */
  asked: number
}

export const newReading = (companyId: string, idempotencyKey: string, first: URL): Reading => ({
  companyId,
  idempotencyKey,
  next: first,
  pages: 0,
  visited: new Set(),
  rows: 0,
  people: [],
  bytes: 0,
  unreadable: undefined,
  asked: 0,
})

/** Readings that broke off and may go on, by their refresh. */
export interface KeptReadings {
  keep(reading: Reading): void
  take(idempotencyKey: string): Reading | undefined
}

/** Each is as large as a company's people may be. */
const MAX_KEPT = 8

/** Keeps the last readings that broke off: an attempt that follows in this process asks for no page a second time. */
export function keepReadings(): KeptReadings {
  const kept = new Map<string, Reading>()
  return {
    keep: (reading) => {
      if (reading.pages === 0) return
      kept.set(reading.idempotencyKey, reading)
      const [oldest] = kept.keys()
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    },
    take: (idempotencyKey) => {
      const reading = kept.get(idempotencyKey)
      kept.delete(idempotencyKey)
      return reading
    },
  }
}
