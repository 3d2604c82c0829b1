import { hash } from 'node:crypto'

/** Tells secrets apart for people: the first 8 hex digits of SHA-256, from which no random secret can be found. */
export function fingerprint(secret: string): string {
  return hash('sha256', secret).slice(0, 8)
}
