import { z } from 'zod'
import { valuePath } from './value-path.ts'

/** Text that may hold {companyId} and {companyName}, and no other placeholder. */
const template = z
  .string()
  .max(2_000)
  .refine(
    (text) => !/[{}]/.test(text.replaceAll(/\{company(Id|Name)\}/g, '')),
    'expected no placeholder but {companyId} and {companyName}',
  )

const parameter = z.string().min(1).max(200)

/** Headers that this program sets itself, or that would lead a request elsewhere. */
const OWN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'idempotency-key',
  'proxy-authorization',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
])

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,100}$/, 'expected the name of a header')
  .transform((name) => name.toLowerCase())

/** A header's value: visible ASCII and spaces. */
const headerValue = z.string().regex(/^[ -~]{0,2000}$/, 'expected printable ASCII')

const request = z.strictObject({
  path: template.regex(/^\/[^?#\\]*$/, 'expected a path that begins with / and has no query'),
  query: z.record(parameter, template).default({}),
  headers: z
    .record(
      headerName.refine((name) => !OWN_HEADERS.has(name), 'is set by the program'),
      headerValue,
    )
    .default({}),
  /** The refresher's ids are the provider's with this before them; a company without it is not asked about. */
  companyIdPrefix: z.string().max(200).default(''),
})

/** Those of our own that a token may come in. */
const TOKEN_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization'])

const tokenHeader = z.strictObject({
  header: headerName.refine((name) => TOKEN_HEADERS.has(name) || !OWN_HEADERS.has(name), 'is set by the program'),
  prefix: headerValue.default(''),
})

/** One place, or several whose texts are joined by a space (first and last name). */
const joined = z.union([valuePath.transform((path) => [path]), z.array(valuePath).min(1).max(5)])

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Is the person there? A constant; a place that holds true or false; equals one of these; or is absent, null or blank. */
const activeRule = z.union([
  z.boolean().transform((constant) => ({ kind: 'constant' as const, constant })),
  valuePath.transform((path) => ({ kind: 'boolean' as const, path })),
  z
    .strictObject({ path: valuePath, equals: z.array(scalar).min(1).max(100) })
    .transform((rule) => ({ kind: 'equals' as const, ...rule })),
  z
    .strictObject({ path: valuePath, empty: z.literal(true) })
    .transform(({ path }) => ({ kind: 'empty' as const, path })),
])

/** When the row was changed: RFC 3339 text, or a number since the epoch. */
const timeRule = z.union([
  valuePath.transform((path) => ({ path, unit: 'rfc3339' as const })),
  z.strictObject({ path: valuePath, unit: z.enum(['rfc3339', 'seconds', 'milliseconds']) }),
])

const fields = z.strictObject({
  id: valuePath,
  name: joined,
  email: valuePath.optional(),
  title: valuePath.optional(),
  department: valuePath.optional(),
  active: activeRule.default({ kind: 'constant', constant: true }),
  updatedAt: timeRule.optional(),
})

const pagination = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** The answer names a cursor for the next page, and none at the end. */
  z.strictObject({ kind: z.literal('cursor'), parameter, next: valuePath }),
  /** A number that grows from page to page, also an offset (`step`). Ends with an empty page or one that is not full. */
  z.strictObject({
    kind: z.literal('page'),
    parameter,
    first: z.int().min(0).default(1),
    step: z.int().min(1).default(1),
    /** How many rows a full page has; without it only an empty page is the end. */
    size: z.int().min(1).optional(),
  }),
  /** RFC 8288: `Link: <...>; rel="next"`. */
  z.strictObject({ kind: z.literal('link') }),
  /** The answer names the next page's address, and none at the end. */
  z.strictObject({ kind: z.literal('nextUrl'), next: valuePath }),
])

/** How to ask a provider for a company's people and how to read what it answers: the file PEOPLE_SOURCE_MAPPING. */
export const mappingSchema = z
  .strictObject({
    /** Put before every id, `source:id`; the same as the webhook source's name where that is the same provider. */
    source: z.string().regex(/^[^:\s\p{Cc}]{1,64}$/u, 'expected a name without colons and spaces'),
    request,
    token: tokenHeader.default({ header: 'authorization', prefix: 'Bearer ' }),
    /** Where the list of people is in an answer. */
    list: valuePath,
    fields,
    pagination: pagination.default({ kind: 'none' }),
  })
  .refine(
    ({ request: { path, query } }) => [path, ...Object.values(query)].some((text) => /\{company(Id|Name)\}/.test(text)),
    {
      path: ['request', 'path'],
      message: 'expected {companyId} or {companyName} in the path or in a query parameter',
    },
  )

export type Mapping = z.output<typeof mappingSchema>
export type Pagination = Mapping['pagination']
