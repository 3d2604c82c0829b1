import { list } from './phrase-list.ts'
import type { Token } from './tokenise-title.ts'

/** Words whose slips are put right: long ones, since a word of one other letter is then hardly a word. */
const OFTEN_MISSPELT = list(`
  founder, founding, cofounder, president, vicepresident, chairman, chairwoman, officer, executive, director, manager,
  management, supervisor, superintendent, treasurer, principal, assistant, associate, engineer, engineering, developer,
  development, marketing, operations, technology, financial, business, accountant, accounting, analytics, consultant
`)

/** Words one letter away from those above that mean something else, or that the tables know themselves. */
const WORDS_OF_THEIR_OWN: ReadonlySet<Token> = new Set(
  list('funder, funding, flounder, foundling, direktor, diretor, assistent, prasident, praesident'),
)

/** Slips of more than one letter, at an end of the word, or of a short word. */
const OTHER_SLIPS: ReadonlyArray<readonly [Token, Token]> = [
  ['cheif', 'chief'],
  ['chieff', 'chief'],
  ['vise', 'vice'],
  ['presiden', 'president'],
  ['principle', 'principal'],
  ['senoir', 'senior'],
  ['sinior', 'senior'],
  ['pertner', 'partner'],
]

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']

/**
 * Each slip with the word that is meant: every way to drop, double, change or swap letters inside one of the words
 * above. Its first and last letter stay, which leaves alone what is another word of the same stem ("directory",
 * "managed", "resident"). Written out once, some
 * thousands of words, so that a slip costs no more to read than a short form.
 */
export function misspellings(): Array<readonly [Token, Token]> {
  const slips = OFTEN_MISSPELT.flatMap((word) =>
    slipsOf(word)
      .filter((slip) => !WORDS_OF_THEIR_OWN.has(slip))
      .map((slip) => [slip, word] as const),
  )
  return [...slips, ...OTHER_SLIPS]
}

function slipsOf(word: Token): Token[] {
  const inside = Array.from({ length: word.length - 2 }, (_, at) => at + 1)
  return inside.flatMap((at) => {
    const [before, letter = '', after] = [word.slice(0, at), word[at], word.slice(at + 1)]
    const next = after.length > 1 ? [before + after[0] + letter + after.slice(1)] : []
    const others = LETTERS.flatMap((other) => [before + other + after, before + other + letter + after])
    return [before + after, ...next, ...others].filter((slip) => slip !== word)
  })
}
