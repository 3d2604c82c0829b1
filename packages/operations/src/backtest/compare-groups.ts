import { normaliseEmail } from '@buyer-group/rules/folding/normalise-email.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { READ_ONLY } from './read-only.ts'
import type { GroupDifference, GroupsReport } from './rules/backtest-report.ts'
import { compareGroup } from './rules/compare-group.ts'
import type { CompanyFacts } from './rules/compose-group.ts'
import type { SideRules, Sides } from './rules/side.ts'
import type { TracedChange } from './rules/traced-change.ts'

export interface GroupOptions {
  readonly collections: Pick<Collections, 'positions' | 'people'>
  readonly sides: Sides<SideRules>
  readonly companyIds: Iterable<string>
  /** By company. */
  readonly changes: ReadonlyMap<string, readonly TracedChange[]>
  /** How many differing groups are told in full. */
  readonly maxShown: number
  readonly withNames: boolean
}

/** Companies in memory at once. */
const PAGE = 50

/** Composes the companies' groups under both sides from what the directory holds now, a page of companies at a time. */
export async function compareGroups(options: GroupOptions): Promise<Omit<GroupsReport, 'isCut'>> {
  const { sides, changes, maxShown, withNames } = options
  const companyIds = [...new Set(options.companyIds)].sort()
  const sum = { compared: companyIds.length, differing: 0, added: 0, removed: 0, changed: 0, untold: 0 }
  const first: GroupDifference[] = []
  for (let start = 0; start < companyIds.length; start += PAGE) {
    const page = companyIds.slice(start, start + PAGE)
    for (const facts of await readFacts(options.collections, page, changes)) {
      const { difference, untold } = compareGroup(facts, sides, withNames)
      sum.untold += untold
      if (difference === undefined) continue
      sum.differing += 1
      sum.added += difference.added.length
      sum.removed += difference.removed.length
      sum.changed += difference.changed.length
      if (first.length < maxShown) first.push(difference)
    }
  }
  return { ...sum, first }
}

/** The people of these positions, and those whom a source id or an address of the changes belongs to. */
export function findPeople(
  people: Collections['people'],
  keys: Readonly<Record<'personIds' | 'sourceIds' | 'emails', readonly string[]>>,
) {
  return people.find(
    {
      $or: [
        { personId: { $in: [...keys.personIds] } },
        { sourceIds: { $in: [...keys.sourceIds] } },
        { email: { $in: [...keys.emails], $type: 'string' } },
      ],
    },
    { ...READ_ONLY, projection: { _id: 0 } },
  )
}

async function readFacts(
  { positions, people }: GroupOptions['collections'],
  companyIds: readonly string[],
  allChanges: GroupOptions['changes'],
): Promise<CompanyFacts[]> {
  const stored = await positions
    .find({ companyId: { $in: [...companyIds] } }, { ...READ_ONLY, projection: { _id: 0 } })
    .toArray()
  const changes = companyIds.flatMap((companyId) => allChanges.get(companyId) ?? [])
  const emails = changes.flatMap(({ sighting }) => normaliseEmail(sighting.email) ?? [])
  const persons = await findPeople(people, {
    personIds: stored.map(({ personId }) => personId),
    sourceIds: changes.map(({ sourceId }) => sourceId),
    emails,
  }).toArray()

  const byId = new Map(persons.map((person) => [person.personId, person]))
  const bySource = new Map(persons.flatMap((person) => person.sourceIds.map((id) => [id, person] as const)))
  const byEmail = new Map(
    persons.flatMap((person) => (person.email === undefined ? [] : [[person.email, person] as const])),
  )
  const positionsOf = Map.groupBy(stored, ({ companyId }) => companyId)
  return companyIds.map((companyId) => {
    const own = positionsOf.get(companyId) ?? []
    const told = allChanges.get(companyId) ?? []
    const known = [
      ...own.map(({ personId }) => byId.get(personId)),
      ...told.map(({ sourceId }) => bySource.get(sourceId)),
      ...told.map(({ sighting }) => byEmail.get(normaliseEmail(sighting.email) ?? '')),
    ].filter((person) => person !== undefined)
    return { companyId, positions: own, people: [...new Set(known)], changes: told }
  })
}
