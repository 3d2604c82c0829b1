export type Format = 'csv' | 'ndjson'

const DELIMITERS = [',', ';', '\t', '|'] as const

/**
 * Tells the format by the file's name, or else by its beginning (without byte order mark): where most lines begin an
 * object it is NDJSON, even if the first one is broken; else CSV.
 */
export function detectFormat(name: string, head: string): Format | 'json-array' {
  const extension = /\.([a-z]+)(\.gz)?$/i.exec(name)?.[1]?.toLowerCase()
  if (extension === 'ndjson' || extension === 'jsonl') return 'ndjson'
  if (extension === 'csv' || extension === 'tsv') return 'csv'
  const lines = head.split('\n').filter((line) => line.trim() !== '')
  const objects = lines.filter((line) => line.trimStart().startsWith('{'))
  if (lines[0]?.trimStart().startsWith('[')) return 'json-array'
  return objects.length > 0 && objects.length * 2 >= lines.length ? 'ndjson' : 'csv'
}

/** The delimiter that the header row holds most of, outside quotes; a comma where it holds none. */
export function detectDelimiter(head: string): string {
  const counts = new Map<string, number>()
  let isQuoted = false
  for (const character of head) {
    if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && (character === '\n' || character === '\r')) break
    else if (!isQuoted) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  return DELIMITERS.reduce((best, delimiter) =>
    (counts.get(delimiter) ?? 0) > (counts.get(best) ?? 0) ? delimiter : best,
  )
}
