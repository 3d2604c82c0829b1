/** Texts that a careless database adapter would lose, cut or read as something else; each with what is odd of it. */
export const ODD_TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['dots', 'a.b..c.'],
  ['dollars', '$set'],
  ['a variable', '$$NOW'],
  ['quotes and backslashes', '"\\"\\\\u0000'],
  ['NUL in the middle', 'a\u0000b'],
  ['line ends', 'a\r\nb\u2028c'],
  ['emoji', '👩‍👩‍👧‍👦 🇪🇺'],
  ['letters that combine', 'e\u0301 \u00e9'],
  ['200 characters', 'long-'.repeat(40)],
  ['an inherited name', '__proto__'],
  ['digits', '0'],
]

/** Texts that are no keys: a store that took them would find nothing, or something else, under them. */
export const NO_KEYS: readonly (readonly [what: string, text: string])[] = [
  ['empty', ''],
  ['cut off in an emoji', 'Pat 👋'.slice(0, 5)],
  ['begun in an emoji', '👋 Pat'.slice(1)],
]
