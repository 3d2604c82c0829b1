import {
  detectSignificantChange,
  type SignificanceReading,
} from '@buyer-group/rules/significance/detect-significant-change.ts'
import { placementsOf } from '@buyer-group/shared/messages/placements.ts'
import type { BacktestEvent } from './backtest-event.ts'
import type { BacktestReport, ClassifiedRow, OutcomeCounts, RefreshCounts, TypeRow } from './backtest-report.ts'
import { bySide, type Side, type SideRules, type Sides } from './side.ts'
import { type CompanyClaims, createWindowModel } from './window-model.ts'

export interface CompareOptions {
  readonly sides: Sides<SideRules>
  readonly windowMs: number
  /** The only company to look at; undefined for all. */
  readonly companyId?: string | undefined
  /** People followed at most. */
  readonly maxAffected: number
}

export interface EventComparison {
  readonly counts: Pick<BacktestReport, 'outcomes' | 'recorded' | 'refreshes' | 'byType' | 'classified'>
  readonly read: number
  readonly differing: number
  /** `source:id` of the people whom a differing event is about. */
  readonly affected: ReadonlySet<string>
  readonly isCut: boolean
  readonly claims: Sides<ReadonlyMap<string, CompanyClaims>>
}

/** Types are the providers' words: what goes beyond so many rows is counted together. */
const MAX_TYPE_ROWS = 200
const OTHERS = '(others)'

type Counts = { -readonly [Outcome in keyof OutcomeCounts]: number }

const noCounts = (): Counts => ({ refresh: 0, coalesced: 0, insignificant: 0 })

/** Puts events through both sides' policies and windows, one after the other in the order of time, and counts. */
export function createEventComparison({ sides, windowMs, companyId, maxAffected }: CompareOptions) {
  const windows = bySide(() => createWindowModel(windowMs))
  const outcomes = bySide(noCounts)
  const recorded = noCounts()
  const types = new Map<string, Pick<TypeRow, 'type' | 'source'> & Sides<Counts>>()
  const classified = new Map<string, ClassifiedRow & Record<Side, number>>()
  const affected = new Set<string>()
  let [read, differing, known, isCut] = [0, 0, 0, false]

  const typeRow = (type: string, source: string) => {
    const id = JSON.stringify([source, type])
    const row = types.get(id) ?? (types.size < MAX_TYPE_ROWS ? undefined : types.get(OTHERS))
    if (row !== undefined) return row
    const isOther = types.size >= MAX_TYPE_ROWS
    const added = { type: isOther ? OTHERS : type, source: isOther ? OTHERS : source, ...bySide(noCounts) }
    types.set(isOther ? OTHERS : id, added)
    return added
  }

  const noteClass = (side: Side, { classification }: SignificanceReading) => {
    if (classification === undefined) return
    const { type, reason } = classification
    const row = classified.get(`${type} ${reason}`) ?? { type, reason, current: 0, candidate: 0 }
    classified.set(`${type} ${reason}`, row)
    row[side] += 1
  }

  const isWanted = (id: string) => companyId === undefined || id === companyId

  return {
    take: ({ key: _key, companyId: at, event, receivedAt, recorded: outcome }: BacktestEvent): void => {
      if (companyId !== undefined && !placementsOf(event, at).some((placement) => isWanted(placement.companyId))) return
      read += 1
      if (outcome !== null) {
        known += 1
        recorded[outcome] += 1
      }
      const row = typeRow(event.type, event.source)
      const companies = bySide((side) => {
        const reading = detectSignificantChange(event, at, sides[side].policy)
        noteClass(side, reading)
        const concerned = [...new Set(reading.placements.map((placement) => placement.companyId))].filter(isWanted)
        const result = outcomeOf(concerned.map((id) => windows[side].take(id, receivedAt)))
        outcomes[side][result] += 1
        row[side][result] += 1
        return concerned.join('\n')
      })
      if (companies.current === companies.candidate) return
      differing += 1
      const person = `${event.source}:${event.person.id}`
      if (affected.size < maxAffected) affected.add(person)
      else isCut ||= !affected.has(person)
    },

    end: (): EventComparison => {
      const claims = bySide((side) => windows[side].claims())
      return {
        counts: {
          outcomes,
          recorded: known === 0 ? null : recorded,
          refreshes: bySide((side) => sumOf(claims[side])),
          byType: [...types.values()].sort((left, right) => eventsOf(right) - eventsOf(left)),
          classified: [...classified.values()].sort((left, right) => right.candidate - left.candidate),
        },
        read,
        differing,
        affected,
        isCut,
        claims,
      }
    },
  }
}

function outcomeOf(claimed: readonly boolean[]): keyof OutcomeCounts {
  if (claimed.length === 0) return 'insignificant'
  return claimed.includes(true) ? 'refresh' : 'coalesced'
}

function sumOf(claims: ReadonlyMap<string, CompanyClaims>): RefreshCounts {
  const sum = { leading: 0, trailing: 0, total: 0 }
  for (const { leading, trailing } of claims.values()) {
    sum.leading += leading
    sum.trailing += trailing
    sum.total += leading + trailing
  }
  return sum
}

const eventsOf = ({ current }: TypeRow) => current.refresh + current.coalesced + current.insignificant

/** The companies whose refreshes differ most, then those with the most refreshes. */
export function topCompanies({ current, candidate }: EventComparison['claims'], limit: number) {
  const countOf = (claims: ReadonlyMap<string, CompanyClaims>, companyId: string) => {
    const { leading = 0, trailing = 0 } = claims.get(companyId) ?? {}
    return leading + trailing
  }
  return [...new Set([...current.keys(), ...candidate.keys()])]
    .map((companyId) => ({
      companyId,
      current: countOf(current, companyId),
      candidate: countOf(candidate, companyId),
    }))
    .sort(
      (left, right) =>
        Math.abs(right.candidate - right.current) - Math.abs(left.candidate - left.current) ||
        right.current - left.current ||
        (left.companyId < right.companyId ? -1 : 1),
    )
    .slice(0, limit)
}
