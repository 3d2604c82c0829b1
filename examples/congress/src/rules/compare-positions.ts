/** An active position: who holds which title at a company. */
export interface Held {
  readonly companyId: string
  /** The provider's id of the person, without the source. */
  readonly personId: string
  readonly title: string
}

export interface Comparison {
  readonly companies: number
  /** Companies whose positions are exactly the true ones. */
  readonly equal: number
  /** One sentence a difference. */
  readonly differences: readonly string[]
}

/**
 * Compares what is held with what should be, company by company, over all `companyIds`: a company without any true
 * position must have none.
 */
export function comparePositions(
  companyIds: ReadonlySet<string>,
  expected: readonly Held[],
  actual: readonly Held[],
): Comparison {
  const truth = byCompany(expected)
  const found = byCompany(actual)
  const all = new Set([...companyIds, ...truth.keys(), ...found.keys()])
  const differing = [...all].sort().flatMap((companyId) => {
    const differences = compareCompany(companyId, truth.get(companyId) ?? [], found.get(companyId) ?? [])
    return differences.length === 0 ? [] : [differences]
  })
  return { companies: all.size, equal: all.size - differing.length, differences: differing.flat() }
}

function compareCompany(companyId: string, expected: readonly Held[], actual: readonly Held[]): string[] {
  const should = count(expected)
  const is = count(actual)
  return [...new Set([...should.keys(), ...is.keys()])].flatMap((key) => {
    const [wanted, has] = [should.get(key) ?? 0, is.get(key) ?? 0]
    if (wanted === has) return []
    const [personId, title] = JSON.parse(key) as [string, string]
    return [`${companyId}: ${personId} as "${title}" is there ${has} times and should be ${wanted} times`]
  })
}

function count(positions: readonly Held[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { personId, title } of positions) {
    const key = JSON.stringify([personId, title])
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

function byCompany(positions: readonly Held[]): Map<string, Held[]> {
  const companies = new Map<string, Held[]>()
  for (const position of positions) {
    const list = companies.get(position.companyId)
    if (list === undefined) companies.set(position.companyId, [position])
    else list.push(position)
  }
  return companies
}
