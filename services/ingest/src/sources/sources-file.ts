import { describeIssues } from '@buyer-group/shared/config/read-json-file.ts'
import { z } from 'zod'
import { adapterNameSchema } from '../adapters/adapters.ts'
import { schemeConfigSchema } from '../schemes/create-scheme.ts'
import { explainSourceName } from './source-names.ts'

const time = z.iso
  .datetime({ offset: true, error: 'expected an RFC 3339 time such as 2026-01-31T12:00:00Z' })
  .transform((text) => Date.parse(text))

/**
 * Where a secret is to be found: never the secret itself. Capitals alone, so that a secret that was put in the place of
 * a variable's name is refused before any message quotes it as one.
 */
const secretReferenceSchema = z
  .strictObject(
    {
      env: z
        .string()
        .regex(/^[A-Z_][A-Z0-9_]{0,127}$/, 'expected the name of a variable, in capitals')
        .optional(),
      file: z.string().min(1).max(4_096).optional(),
      notBefore: time.optional(),
      notAfter: time.optional(),
    },
    {
      error: ({ code }) =>
        code === 'unrecognized_keys'
          ? 'has a field besides env, file, notBefore and notAfter: a secret itself has no place here'
          : 'expected {"env": "NAME"} or {"file": "path"}: a secret itself has no place here',
    },
  )
  .refine(({ env, file }) => (env === undefined) !== (file === undefined), 'expected either env or file')
  .refine(({ notBefore, notAfter }) => notBefore === undefined || notAfter === undefined || notBefore < notAfter, {
    path: ['notAfter'],
    error: 'is not after notBefore',
  })

export type SecretReference = z.output<typeof secretReferenceSchema>

/** One provider, as `sources.json` has it (docs/webhook-sources.md). */
export const sourceEntrySchema = z.strictObject({
  name: z.string().check(({ value, issues }) => {
    const problem = explainSourceName(value)
    if (problem !== undefined) issues.push({ code: 'custom', input: value, message: problem })
  }),
  scheme: schemeConfigSchema.default({ type: 'native' }),
  adapter: adapterNameSchema.default('native'),
  secrets: z.array(secretReferenceSchema).min(1, 'expected at least one secret').max(20),
  rateLimit: z.strictObject({ eventsPerSecond: z.int().min(1).max(1_000_000) }).optional(),
  eventTypes: z
    .array(z.string().regex(/^person\.[^\s\p{C}*]*\*?$/u, 'expected a type such as person.promotion or person.*'))
    .min(1)
    .optional(),
  companyIdPrefix: z.string().min(1).max(64).optional(),
})

export type SourceEntry = z.output<typeof sourceEntrySchema>

/** The file as a whole; its entries are held against `sourceEntrySchema` one by one, so that messages name them. */
export const sourcesFileSchema = z.strictObject({ sources: z.array(z.unknown()).max(1_000) })

export type SourcesFile = z.output<typeof sourcesFileSchema>

export type ParsedSourcesFile =
  | { readonly ok: true; readonly entries: readonly SourceEntry[] }
  /** Each names its source and field, and quotes no value. */
  | { readonly ok: false; readonly issues: readonly string[] }

/** Reads every entry. Pure: no secret is looked up. */
export function parseSourcesFile({ sources }: SourcesFile): ParsedSourcesFile {
  const entries: SourceEntry[] = []
  const issues: string[] = []
  for (const [index, entry] of sources.entries()) {
    const place = placeOf(entry, index)
    const parsed = sourceEntrySchema.safeParse(entry)
    if (!parsed.success) issues.push(...describeIssues(parsed.error).map((issue) => `${place}: ${issue}`))
    else if (entries.some(({ name }) => name === parsed.data.name)) issues.push(`${place} is there twice`)
    else entries.push(parsed.data)
  }
  return issues.length === 0 ? { ok: true, entries } : { ok: false, issues }
}

/** An entry without a usable name is called by its place. */
function placeOf(entry: unknown, index: number): string {
  const name = typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : undefined
  const isName = typeof name === 'string' && explainSourceName(name) === undefined
  return isName ? `source "${name}"` : `sources[${index}]`
}
