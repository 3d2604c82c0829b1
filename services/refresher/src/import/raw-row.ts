/** A row as a reader found it; `line` is the one it begins in, from 1. */
export type RawRow =
  | { readonly ok: true; readonly line: number; readonly record: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly line: number; readonly reason: string; readonly raw: unknown }

/** A longer row is no row: someone lost a quote or a line end. Bounds memory, in bytes. */
export const MAX_ROW_BYTES = 1024 * 1024
