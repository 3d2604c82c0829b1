import { RANKS, type RankName } from '../ranks.ts'
import type { ReadTitle } from '../read-title.ts'
import { DEPARTMENTS, SENIORITIES, type Seniority } from '../title-rules.ts'

/** The labels that a set may use, and what a title is called in them. */
export interface Labelling {
  readonly labels: readonly string[]
  labelOf(reading: ReadTitle): string
}

/** Levels of the published set (docs/titles.md), the highest first. */
const FIVE_LEVELS = ['C-Suite', 'VP', 'Director', 'Manager', 'Other'] as const

type FiveLevel = (typeof FIVE_LEVELS)[number]

/** The five levels by meaning: what anyone would call the nine who had only these. */
const FIVE_OF_NINE: Readonly<Record<Seniority, FiveLevel>> = {
  owner: 'C-Suite',
  'c-suite': 'C-Suite',
  vp: 'VP',
  head: 'Director',
  director: 'Director',
  manager: 'Manager',
  senior: 'Other',
  individual: 'Other',
  intern: 'Other',
}

/**
 * Where the published set draws its levels elsewhere than by meaning, as its tuning half shows: it goes by the word. A
 * product manager or a lead is a Manager there, a president a Director, a member of any board C-Suite, and what has
 * none of its words (owners, partners, general counsel, the short forms MD, GM and FD) is Other.
 */
const FIVE_OF_RANK: Readonly<Partial<Record<RankName, FiveLevel>>> = {
  'advisory board': 'C-Suite',
  'unit chief': 'C-Suite',
  board: 'C-Suite',
  'committee member': 'C-Suite',
  president: 'Director',
  'managing director': 'Director',
  'functional manager': 'Manager',
  'field of management': 'Manager',
  lead: 'Manager',
  owner: 'Other',
  partner: 'Other',
  'general counsel': 'Other',
  'vice chancellor': 'Other',
  dean: 'Other',
  controller: 'Other',
  supervisor: 'Other',
  md: 'Other',
  gm: 'Other',
  fd: 'Other',
}

/**
 * The highest level of the ranks that the person holds or has held: the set counts "past-CEO" as C-Suite. A chief who is
 * a vice president, too, is a VP there ("COO & SVP"), unless an executive one ("EVP, CFO").
 */
function publishedLevelOf({ seniority, mentions }: ReadTitle): FiveLevel {
  if (seniority === 'intern') return 'Other'
  const ranks = mentions.filter(({ scope }) => scope === 'own' || scope === 'former').map(({ rank }) => rank)
  const isVicePresident = ranks.includes('vice president')
  const levels = ranks
    .filter((rank) => !(isVicePresident && rank === 'chief'))
    .map((rank) => FIVE_OF_RANK[rank] ?? FIVE_OF_NINE[RANKS[rank].seniority])
  return FIVE_LEVELS.find((level) => levels.includes(level)) ?? 'Other'
}

export const LABELLINGS = {
  seniority: { labels: SENIORITIES, labelOf: ({ seniority }) => seniority },
  department: { labels: DEPARTMENTS, labelOf: ({ department }) => department },
  /** Five levels, by the published set's own conventions. */
  five: { labels: FIVE_LEVELS, labelOf: publishedLevelOf },
  /** Five levels by meaning alone. */
  'five-plain': { labels: FIVE_LEVELS, labelOf: ({ seniority }) => FIVE_OF_NINE[seniority] },
} as const satisfies Record<string, Labelling>

export type LabellingName = keyof typeof LABELLINGS
