import { createHmac, type KeyObject } from 'node:crypto'
import { equalInConstantTime } from './equal-in-constant-time.ts'
import { oneHeader, type Scheme, type SignatureFault } from './scheme.ts'
import { parseSigningTemplate, type TemplateValues } from './signing-template.ts'
import { textKey } from './text-key.ts'
import { explainTimestamp, isFreshTimestamp, NO_TIMESTAMP, type TimestampUnit, toTimestamp } from './timestamp.ts'

export interface HmacSchemeOptions {
  readonly name: string
  /** The header with the signature; names of headers are in lower case. */
  readonly header: string
  readonly algorithm: 'sha256' | 'sha512'
  readonly encoding: 'hex' | 'base64' | 'base64url'
  /** Goes before the signature in its header. */
  readonly prefix: string
  /** What is signed, see `SigningTemplate`. */
  readonly template: string
  /** Where the template signs a time. */
  readonly timestamp?: { readonly header: string; readonly unit: TimestampUnit } | undefined
  /** Where the template signs an id. */
  readonly idHeader?: string | undefined
  /** From a request's target to the address that the provider knows, where the template signs it. */
  readonly toUrl?: ((target: string) => string) | undefined
}

/**
 * A scheme whose signature is one header: an HMAC of what a template says.
 * @throws Error where the template is wrong, or asks for a header that the options do not name, or the other way round.
 */
export function createHmacScheme(options: HmacSchemeOptions): Scheme {
  const { name, header, algorithm, encoding, prefix, timestamp, idHeader, toUrl } = options
  const template = parseSigningTemplate(options.template)
  if (template.uses('timestamp') !== (timestamp !== undefined)) {
    throw new Error('a signing template has {timestamp} where, and only where, a timestamp header is named')
  }
  if (template.uses('id') !== (idHeader !== undefined)) {
    throw new Error('a signing template has {id} where, and only where, an id header is named')
  }
  if (template.uses('url') !== (toUrl !== undefined)) {
    throw new Error('a signing template has {url} where, and only where, the public URL is given')
  }

  const signatureOf = (key: KeyObject, values: TemplateValues) => {
    const hmac = createHmac(algorithm, key)
    for (const part of template.render(values)) hmac.update(part)
    return prefix + hmac.digest(encoding)
  }

  return {
    name,
    help: explain(options),
    toKey: textKey,
    verify: ({ method, target, headers, body }, active, now) => {
      const signature = oneHeader(headers[header])
      const time = timestamp === undefined ? '' : oneHeader(headers[timestamp.header])
      const id = idHeader === undefined ? '' : oneHeader(headers[idHeader])
      if (!signature || (timestamp && !time) || (idHeader && !id)) return refused('missing_signature')
      if (timestamp !== undefined && !isFreshTimestamp(time ?? '', timestamp.unit, now)) {
        return refused('stale_timestamp')
      }
      if (id && !template.takesId(id)) return refused('invalid_signature')
      const values = { timestamp: time ?? '', id: id ?? '', body, method, url: toUrl?.(target) ?? '' }
      const secrets = active.filter(({ key }) => {
        const computed = signatureOf(key, values)
        const isPadded = encoding === 'base64url' && signature.endsWith('=')
        return equalInConstantTime(signature, isPadded ? padded(computed, prefix.length) : computed)
      })
      if (secrets.length === 0) return refused('invalid_signature')
      return id ? { ok: true, secrets, signedId: id } : { ok: true, secrets }
    },
    sign: ({ method, url, body, id }, secret, now) => {
      const time = timestamp === undefined ? '' : toTimestamp(now, timestamp.unit)
      const values = { timestamp: time, id, body, method, url: toUrl?.(url.pathname + url.search) ?? '' }
      const headers: Record<string, string> = { [header]: signatureOf(textKey(secret), values) }
      if (timestamp !== undefined) headers[timestamp.header] = time
      if (idHeader !== undefined) headers[idHeader] = id
      return { url, headers }
    },
  }
}

/** Some libraries pad base64url as base64, to a length that four divides; Node does not. */
function padded(text: string, start: number): string {
  return text.padEnd(start + Math.ceil((text.length - start) / 4) * 4, '=')
}

const refused = (code: SignatureFault) => ({ ok: false, code }) as const

function explain(options: HmacSchemeOptions): Scheme['help'] {
  const { header, algorithm, encoding, prefix, template, timestamp, idHeader } = options
  const names = [idHeader, timestamp?.header, header].filter((name) => name !== undefined)
  const form = prefix === '' ? ENCODINGS[encoding] : `"${prefix}" and the ${ENCODINGS[encoding]}`
  return {
    missing_signature: `Send the header${names.length > 1 ? 's' : ''} ${names.join(', ')}.`,
    stale_timestamp: timestamp === undefined ? NO_TIMESTAMP : explainTimestamp(timestamp.header, timestamp.unit),
    invalid_signature: `${header} must be ${prefix === '' ? 'the ' : ''}${form} HMAC-${algorithm.toUpperCase()} of ${template}, the raw body in it.`,
  }
}

const ENCODINGS = { hex: 'lower-case hex', base64: 'base64', base64url: 'base64url' } as const
