/**
 * One token of a title: a word in lower case without accents, or one of the separators below. `and` stands for "and",
 * "&" and "+"; the other separators for punctuation that stands between parts of a title.
 */
export type Token = string

/** Separators other than `and`, each as one token. A hyphen inside a word ("vice-president") only parts two words. */
export const SEPARATORS: ReadonlySet<Token> = new Set([',', '/', '|', '(', ')', '-', ';'])

/** No title is longer, in UTF-16 units: what stands after is not read, so that no text however long costs more. */
export const MAX_TITLE_LENGTH = 4_000

/** "V.P.", "c.e.o", "I.T.": single letters joined by dots are one word. */
const DOTTED = /(?<![\p{L}\p{N}])\p{L}(?:\.\p{L}(?![\p{L}\p{N}]))+\.?/gu

/** "R & D", "M & A": two single letters around an ampersand are one word, as they are in "R&D" and "FP&A". */
const LETTER_PAIR = /(?<![\p{L}\p{N}])(\p{L})\s?&\s?(\p{L})(?![\p{L}\p{N}])/gu

/** Endings that only name the sexes a German or French post is open to: "Leiter/in", "Leiter:innen", "chargé(e)". */
const GENDER_ENDING = /(?<=\p{L}{4})(?:[*:/_]in(?:nen)?|\(in(?:nen)?\)|\(e\)|\(a\))(?![\p{L}\p{N}])/gu

/** The same said in brackets after the post: "(m/w/d)", "(f/m/x)". */
const GENDER_NOTE = /\(\s?[mwfdxh](?:\s?[/|]\s?[mwfdxh]){1,3}\s?\)/gu

/** What the two above need to match at all. */
const GENDER_SIGN = /[*:/_(]/

const ASCII = /^[ -~]*$/

const WORD_OR_SEPARATOR =
  /(?<![\p{L}\p{N}])\p{L}{1,2}&\p{L}(?![\p{L}\p{N}])|[\p{L}\p{N}]+|[,/|();]|\s-+\s|[–—·•:]|[&+@]/gu

/**
 * Cuts a title into words and separators, in the order they stand. No pattern
 * here can try one position twice. Full-width letters, capitals, accents, apostrophes and unusual punctuation carry no
 * meaning and do not reach the tokens; a title of nothing else gives none.
 */
export function tokeniseTitle(title: string): Token[] {
  const found = foldTitle(title).match(WORD_OR_SEPARATOR) ?? []
  return found.map((part) => separatorOf(part) ?? part)
}

function foldTitle(title: string): string {
  const read = title.slice(0, MAX_TITLE_LENGTH)
  const plain = (ASCII.test(read) ? read : withoutAccents(read)).toLowerCase()
  // Most titles are plain words: each rewriting is only tried where the character that it needs is there.
  const whole = plain.includes("'") ? withoutApostrophes(plain) : plain
  const ungendered = GENDER_SIGN.test(whole) ? whole.replace(GENDER_NOTE, ' ').replace(GENDER_ENDING, '') : whole
  const undotted = ungendered.includes('.')
    ? ungendered.replace(DOTTED, (letters) => letters.replaceAll('.', ''))
    : ungendered
  return undotted.includes('&') ? undotted.replace(LETTER_PAIR, '$1&$2') : undotted
}

function withoutAccents(text: string): string {
  return text
    .normalize('NFKC')
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[’`´]/gu, "'")
    .replaceAll('ß', 'ss')
    .replaceAll('ẞ', 'SS')
    .replace(/[øØ]/g, 'o')
}

/** "HP's" is "hp", "d'exploitation" is "exploitation", "O'Brien" is "obrien". */
function withoutApostrophes(text: string): string {
  return text
    .replace(/'s(?![\p{L}\p{N}])/gu, '')
    .replace(/(?<![\p{L}\p{N}])[dl]'/gu, ' ')
    .replaceAll("'", '')
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
