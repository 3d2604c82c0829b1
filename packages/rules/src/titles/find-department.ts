import { isSeparator } from './abbreviations.ts'
import { DEPARTMENT_WORDS, type Strength } from './departments.ts'
import { findPhrases, indexPhrases, type PhraseMatch } from './phrase-index.ts'
import { list } from './phrase-list.ts'
import type { Scope } from './scopes.ts'
import type { Department } from './title-rules.ts'
import type { Token } from './tokenise-title.ts'

interface Area {
  readonly department: Department
  readonly strength: Strength
}

export type AreaMention = PhraseMatch<Area>

const AREA_INDEX = indexPhrases(
  DEPARTMENT_WORDS.flatMap(({ department, strength, phrases }) =>
    phrases.map((phrase) => [phrase, { department, strength }] as const),
  ),
)

/** Words that tie what stands before them to what it is about: "Head of Sales", "Engineer for Payments". */
const TIES: ReadonlySet<Token> = new Set(
  list(`
  of, for, in, to, with, de, des, du, del, der, fur, di, da, do, en
`),
)

/** The words of the person's own post that name a department, from left to right. */
export function findAreas(tokens: readonly Token[], scopes: readonly Scope[]): AreaMention[] {
  return findPhrases(AREA_INDEX, tokens).filter(({ start }) => scopes[start] === 'own')
}

/**
 * The department that the areas between `start` and `end` name, or undefined. Of groups of words parted by punctuation,
 * "and" or "of" the first that has a strong word decides ("Sales & Marketing" is sales), in a group its last strong
 * word, as the last noun of an English compound does ("Product Marketing" is marketing). Where no word is strong, the
 * first weak one that names a department decides, since what follows it is more general ("Credit Administrator").
 */
export function departmentBetween(
  areas: readonly AreaMention[],
  tokens: readonly Token[],
  start: number,
  end: number,
): Department | undefined {
  const inside = areas.filter((area) => area.start >= start && area.start < end)
  const always = inside.find(({ value }) => value.strength === 'always')
  return (always ?? lastStrongOfFirstGroup(inside, tokens) ?? firstWeak(inside))?.value.department
}

function firstWeak(areas: readonly AreaMention[]): AreaMention | undefined {
  return areas.find(({ value }) => value.department !== 'other') ?? areas[0]
}

function lastStrongOfFirstGroup(areas: readonly AreaMention[], tokens: readonly Token[]): AreaMention | undefined {
  let last: AreaMention | undefined
  for (const area of areas.filter(({ value }) => value.strength === 'strong')) {
    if (last !== undefined && hasBoundary(tokens, last.end, area.start)) return last
    last = area
  }
  return last
}

function hasBoundary(tokens: readonly Token[], start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const token = tokens[at] ?? ''
    if (token === 'and' || TIES.has(token) || isSeparator(token)) return true
  }
  return false
}
