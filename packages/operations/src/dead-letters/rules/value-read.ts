/** What came of reading a value. */
export type ValueRead =
  | { readonly kind: 'decoded'; readonly value: unknown }
  /** A tombstone. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** The registry, which knows the schemas, did not answer. */
  | { readonly kind: 'unchecked'; readonly reason: string }

/** Reads a value by the topic that it comes from. Never rejects. */
export type ReadValue = (topic: string, bytes: Buffer | null) => Promise<ValueRead>
