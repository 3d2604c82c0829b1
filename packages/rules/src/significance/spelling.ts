import { isSameTitle } from '../titles/same-title.ts'

/** What sources write where they know no title. */
const PLACEHOLDER = /^(?:n\/?a|none|null|undefined|unknown|not (?:available|specified))\.?$/i

const LATIN_LETTER = /\p{Script=Latin}/u
const OTHER_SCRIPT = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u

/**
 * Can the tables read this title? They know words in Latin letters alone: what is written in others they take for an
 * individual's in no department, whatever it says, and of "CEO 助理" (the CEO's assistant) they would read the first half.
 */
export function isReadable(title: string): boolean {
  return LATIN_LETTER.test(title) && !OTHER_SCRIPT.test(title) && !PLACEHOLDER.test(title)
}

/** Are these two spellings of one title or of one department's name? Errs towards false. */
export function isSpelledAlike(left: string, right: string): boolean {
  return foldText(left) === foldText(right) || (isReadable(left) && isReadable(right) && isSameTitle(left, right))
}

const foldText = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase()
