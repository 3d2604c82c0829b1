import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** What a JSON file can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** A value and which version of it this is. */
export interface Versioned<Value> {
  readonly value: Value
  /** Equal for equal values in every process: see `contentVersion`. */
  readonly version: string
}

/** Hex digits of a version: 48 bits tell the few versions that one deployment ever sees apart. */
const VERSION_DIGITS = 12

/**
 * The version of a value: the first hex digits of SHA-256 over its canonical JSON (RFC 8785), so that neither the
 * order of its keys nor white space makes another version.
 */
export function contentVersion(value: Json): string {
  return createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex')
    .slice(0, VERSION_DIGITS)
}

export function versioned<const Value extends Json>(value: Value): Versioned<Value> {
  return { value, version: contentVersion(value) }
}
