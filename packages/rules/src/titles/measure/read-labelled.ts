import { readFile } from 'node:fs/promises'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { type Half, halfOf, splitKey } from './split.ts'

export interface LabelledTitle {
  readonly title: string
  readonly label: string
}

export interface LabelledSet {
  readonly titles: readonly LabelledTitle[]
  /** Rows left out because their title, but for case and punctuation, stands earlier in the file. */
  readonly repeats: number
}

/**
 * Reads a tab-separated file with a header row: the title in the first column, its label in the column of that name
 * (the second one without a name). Each title counts once. Throws an AppError for a missing file or column, or for a
 * label that is none of `labels`.
 */
export async function readLabelled(
  file: string,
  { column, labels, half }: { column: string | undefined; labels: readonly string[]; half: Half | 'all' },
): Promise<LabelledSet> {
  const [header = '', ...rows] = (await textOf(file)).split(/\r?\n/).filter((line) => line.trim() !== '')
  const at = column === undefined ? 1 : header.split('\t').indexOf(column)
  if (at < 1) throw badSet(`${file} has no label column "${column}"; its columns are ${header.replaceAll('\t', ', ')}.`)
  const seen = new Set<string>()
  const titles: LabelledTitle[] = []
  let repeats = 0
  for (const [index, row] of rows.entries()) {
    const cells = row.split('\t')
    const [title = '', label = ''] = [cells[0]?.trim(), cells[at]?.trim()]
    if (!labels.includes(label)) {
      throw badSet(`${file}, row ${index + 2}: "${label}" is none of the labels ${labels.join(', ')}.`)
    }
    if (half !== 'all' && halfOf(title) !== half) continue
    if (seen.has(splitKey(title))) repeats += 1
    else titles.push({ title, label })
    seen.add(splitKey(title))
  }
  return { titles, repeats }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw badSet(
      `Cannot read ${file} (${(cause as NodeJS.ErrnoException).code}): give the path of a labelled set.`,
      cause,
    )
  }
}

function badSet(message: string, cause?: unknown): AppError {
  return new AppError(message, { code: 'bad_labelled_set', fate: 'permanent', cause })
}
