/** How often titles with one label (row) were read as another (column). */
export interface Confusion {
  readonly labels: readonly string[]
  readonly counts: readonly (readonly number[])[]
}

export interface LabelScore {
  readonly label: string
  /** Of the titles read as this label, the share that has it; 1 where none was. */
  readonly precision: number
  /** Of the titles that have this label, the share that was read so; 1 where none has. */
  readonly recall: number
  readonly titles: number
}

/** Counts pairs of the label given and the one read; throws where either is none of `labels`. */
export function countConfusion(
  labels: readonly string[],
  pairs: Iterable<readonly [given: string, read: string]>,
): Confusion {
  const counts = labels.map(() => labels.map(() => 0))
  for (const [given, read] of pairs) {
    const row = counts[labels.indexOf(given)]
    const column = labels.indexOf(read)
    const count = row?.[column]
    if (row === undefined || count === undefined)
      throw new Error(`"${given}" or "${read}" is none of ${labels.join(', ')}.`)
    row[column] = count + 1
  }
  return { labels, counts }
}

/** The share of titles read as labelled, 0 to 1; 0 for no titles. */
export function accuracyOf({ counts }: Confusion): number {
  const right = sum(counts.map((row, at) => row[at] ?? 0))
  return right / Math.max(sum(counts.flat()), 1)
}

export function scoresOf({ labels, counts }: Confusion): LabelScore[] {
  return labels.map((label, at) => {
    const right = counts[at]?.[at] ?? 0
    const titles = sum(counts[at] ?? [])
    const read = sum(counts.map((row) => row[at] ?? 0))
    return { label, precision: read === 0 ? 1 : right / read, recall: titles === 0 ? 1 : right / titles, titles }
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
