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
 * lead is a Manager there, a president a Director, a member of any board C-Suite, and what has none of its words
 * (owners, partners, trustees, counsel, university posts, the short forms MD, GM, FD and AVP) is Other. A deputy
 * counts as who stands above, so a vice chair is C-Suite; who founded a board and not a company is Other.
 */
const FIVE_OF_RANK: Readonly<Partial<Record<RankName, FiveLevel>>> = {
  'advisory board': 'C-Suite',
  'unit chief': 'C-Suite',
  board: 'C-Suite',
  'circle of chiefs': 'C-Suite',
  'vice chair': 'C-Suite',
  president: 'Director',
  'managing director': 'Director',
  'craft head': 'Director',
  'field of management': 'Manager',
  lead: 'Manager',
  owner: 'Other',
  partner: 'Other',
  'managing principal': 'Other',
  'founding chair': 'Other',
  trustee: 'Other',
  treasurer: 'Other',
  'general counsel': 'Other',
  'chief counsel': 'Other',
  'managing editor': 'Other',
  chancellor: 'Other',
  'vice chancellor': 'Other',
  dean: 'Other',
  controller: 'Other',
  supervisor: 'Other',
  md: 'Other',
  gm: 'Other',
  fd: 'Other',
  avp: 'Other',
}

/** Seats beside a post: they count where the title names no post ("President, Advisory Board" is a Director there). */
const SEATS: ReadonlySet<RankName> = new Set(['board member', 'board', 'advisory board', 'circle of chiefs'])

/**
 * The highest level of the ranks that the person holds or has held: the set counts "past-CEO" as C-Suite. But what makes
 * C-Suite, founding a company aside, does not count there for a vice president ("COO & SVP"), unless an executive one
 * ("EVP, CFO"), nor where a president or a managing director is named first ("President and CEO", not "CEO and
 * President").
 */
function publishedLevelOf({ seniority, mentions }: ReadTitle): FiveLevel {
  if (seniority === 'intern') return 'Other'
  const ranks = mentions.filter(({ scope }) => scope === 'own' || scope === 'former').map(({ rank }) => rank)
  const isNoChief = ranks.includes('vice president') || ranks[0] === 'president' || ranks[0] === 'managing director'
  const counted = ranks.filter((rank) => !(isNoChief && isChiefly(rank)))
  const levelOfPosts = highestOf(counted.filter((rank) => !SEATS.has(rank)))
  return levelOfPosts === 'Other' ? highestOf(counted) : levelOfPosts
}

function highestOf(ranks: readonly RankName[]): FiveLevel {
  const levels = ranks.map(levelOfRank)
  return FIVE_LEVELS.find((level) => levels.includes(level)) ?? 'Other'
}

function isChiefly(rank: RankName): boolean {
  return rank !== 'founder' && levelOfRank(rank) === 'C-Suite'
}

function levelOfRank(rank: RankName): FiveLevel {
  return FIVE_OF_RANK[rank] ?? FIVE_OF_NINE[RANKS[rank].seniority]
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
