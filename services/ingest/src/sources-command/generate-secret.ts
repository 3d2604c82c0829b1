import { randomBytes } from 'node:crypto'
import type { SchemeConfig } from '../schemes/create-scheme.ts'

/** Twice the 128 bits that nobody can guess; HMAC-SHA256 gains nothing from more. */
const SECRET_BYTES = 32

/**
 * A new random secret of a scheme's kind; undefined where the provider makes it: HubSpot, LinkedIn, Lusha and Stripe show
 * one of their own.
 */
export function generateSecret({ type }: Pick<SchemeConfig, 'type'>): string | undefined {
  switch (type) {
    case 'standard-webhooks':
      return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
    case 'native':
    case 'github':
    case 'hmac':
    case 'header-secret':
    case 'path-secret':
      return randomBytes(SECRET_BYTES).toString('base64url')
    case 'lusha':
    case 'hubspot':
    case 'linkedin':
    case 'stripe':
      return undefined
  }
}
