/**
 * One token of a title: a word in lower case without accents, or one of the separators below. `and` stands for "and",
 * "&" and "+"; the other separators for punctuation that stands between parts of a title.
 */
export type Token = string

/** Separators other than `and`, each as one token. A hyphen inside a word ("vice-president") only parts two words. */
export const SEPARATORS: ReadonlySet<Token> = new Set([',', '/', '|', '(', ')', '-', ';'])

/** "V.P.", "c.e.o", "I.T.": single letters joined by dots are one word. */
const DOTTED = /(?<![\p{L}\p{N}])\p{L}(?:\.\p{L}(?![\p{L}\p{N}]))+\.?/gu

/** "R & D", "M & A": two single letters around an ampersand are one word, as they are in "R&D" and "FP&A". */
const LETTER_PAIR = /(?<![\p{L}\p{N}])(\p{L})\s?&\s?(\p{L})(?![\p{L}\p{N}])/gu

/** Endings that only name the sexes a German or French post is open to: "Leiter/in", "Leiter:innen", "chargé(e)". */
const GENDER_ENDING = /(?<=\p{L}{4})(?:[*:/_]in(?:nen)?|\(in(?:nen)?\)|\(e\)|\(a\))(?![\p{L}\p{N}])/gu

/** The same said in brackets after the post: "(m/w/d)", "(f/m/x)". */
const GENDER_NOTE = /\(\s?[mwfdxh](?:\s?[/|]\s?[mwfdxh]){1,3}\s?\)/gu

const WORD_OR_SEPARATOR =
  /(?<![\p{L}\p{N}])\p{L}{1,2}&\p{L}(?![\p{L}\p{N}])|[\p{L}\p{N}]+|[,/|();]|\s-+\s|[–—·•:]|[&+@]/gu

/**
 * Cuts a title into words and separators, in the order they stand. Takes time linear in the title's length: no pattern
 * here can try one position twice. Full-width letters, capitals, accents, apostrophes and unusual punctuation carry no
 * meaning and do not reach the tokens; a title of nothing else gives none.
 */
export function tokeniseTitle(title: string): Token[] {
  const tokens: Token[] = []
  for (const [found] of foldTitle(title).matchAll(WORD_OR_SEPARATOR)) {
    tokens.push(separatorOf(found) ?? found)
  }
  return tokens
}

function foldTitle(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('ß', 'ss')
    .replace(/['’`´]s(?![\p{L}\p{N}])/gu, '')
    .replace(/(?<![\p{L}\p{N}])[dl]['’`´]/gu, ' ')
    .replace(/['’`´]/gu, '')
    .replace(GENDER_NOTE, ' ')
    .replace(GENDER_ENDING, '')
    .replace(DOTTED, (letters) => letters.replaceAll('.', ''))
    .replace(LETTER_PAIR, '$1&$2')
}

function separatorOf(found: string): Token | undefined {
  switch (found) {
    case '&':
    case '+':
      return 'and'
    case '@':
      return 'at'
    case '–':
    case '—':
    case '·':
    case '•':
    case ':':
      return '-'
    default:
      return found.startsWith('-') || found.trim().startsWith('-') ? '-' : undefined
  }
}
