/** The phrases of a table, written as one text with commas: "sales, business development" gives two. */
export function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((phrase) => phrase.trim().replace(/\s+/g, ' '))
    .filter((phrase) => phrase !== '')
}
