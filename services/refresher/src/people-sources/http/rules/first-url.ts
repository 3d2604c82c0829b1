import type { Mapping } from './mapping.ts'

/** The company in the provider's own words. */
interface Company {
  readonly companyId: string
  readonly companyName: string | null
}

/**
 * The address of a company's first page, or null where the provider cannot be asked about it: its id lacks the prefix,
 * it has no name and the mapping needs one, or its id would change the path instead of filling it (`..`).
 */
export function firstUrl(base: URL, { request, pagination }: Mapping, company: Company): URL | null {
  const values = valuesOf(company, request.companyIdPrefix)
  if (values === null || !isFilled(request, values)) return null
  const path = base.pathname.replace(/\/$/, '') + fill(request.path, values, encodeURIComponent)
  if (hasDotSegment(path)) return null
  const url = new URL(base)
  url.pathname = path
  for (const [name, text] of Object.entries(request.query)) {
    url.searchParams.set(
      name,
      fill(text, values, (value) => value),
    )
  }
  if (pagination.kind === 'page') url.searchParams.set(pagination.parameter, String(pagination.first))
  return url
}

interface Values {
  readonly companyId: string
  readonly companyName: string | null
}

function valuesOf({ companyId, companyName }: Company, prefix: string): Values | null {
  if (!companyId.startsWith(prefix)) return null
  const own = companyId.slice(prefix.length)
  const name = companyName?.trim() ?? ''
  return own === '' ? null : { companyId: own.toWellFormed(), companyName: name === '' ? null : name.toWellFormed() }
}

const fill = (template: string, { companyId, companyName }: Values, encode: (value: string) => string) =>
  template.replaceAll(/\{company(Id|Name)\}/g, (_, which) => encode(which === 'Id' ? companyId : (companyName ?? '')))

const isFilled = ({ path, query }: Mapping['request'], { companyName }: Values) =>
  companyName !== null || ![path, ...Object.values(query)].some((text) => text.includes('{companyName}'))

/** A URL's path drops `.` and goes up for `..`, also where they are written with %2e. */
const hasDotSegment = (path: string) => path.split('/').some((part) => /^(\.|%2e){1,2}$/i.test(part))
