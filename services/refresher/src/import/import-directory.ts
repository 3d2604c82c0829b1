import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { openInput } from './open-input.ts'
import type { RawRow } from './raw-row.ts'
import { readCsv } from './read-csv.ts'
import { readNdjson } from './read-ndjson.ts'
import { openRejectFile } from './reject-file.ts'
import { retireAbsent } from './retire-absent.ts'
import { chooseColumns, findColumnProblem } from './rules/choose-columns.ts'
import { detectDelimiter, detectFormat, type Format } from './rules/detect-format.ts'
import type { Columns, DirectoryRow } from './rules/directory-row.ts'
import { type ReadRow, readDirectoryRow } from './rules/read-directory-row.ts'
import { saveRows } from './save-rows.ts'

export interface ImportOptions {
  readonly file: string
  /** The provider; a person's source id is `source:personId`. */
  readonly source: string
  /** When the directory was true: a change after it wins, one before it loses. */
  readonly asOf: Date
  /** End the positions that the file's companies have and the file does not. */
  readonly snapshot?: boolean | undefined
  /** Columns that go before the known headers. */
  readonly mapping?: Columns | undefined
  /** Put before every company id, as ingest does for a source that numbers companies its own way. */
  readonly companyPrefix?: string | undefined
  /** Told by the content otherwise. */
  readonly format?: Format | undefined
  readonly rejectsFile: string
  /** Where the directory is; null reads and checks only. */
  readonly collections: Pick<Collections, 'people' | 'positions'> | null
  readonly onProgress?: (progress: ImportProgress) => void
}

export interface ImportProgress {
  readonly bytesRead: number
  readonly totalBytes: number
  readonly rows: number
  readonly rejected: number
}

export interface ImportSummary {
  readonly rows: number
  readonly imported: number
  readonly rejected: number
  readonly companies: number
  /** Positions that a snapshot ended. */
  readonly retired: number
  /** Companies whose absent positions were left alone since a rejected row may be one of them. */
  readonly unsure: number
}

/** Rows saved together. */
const BATCH = 1_000

/**
 * Reads a directory file (NDJSON or CSV, gzip or not) row by row and saves people and positions. Bad rows go to the
 * rejects file and the others are kept. Safe to run again, also after it was killed: equal rows change nothing. Of two
 * rows of one position the first counts. Needs memory for a batch of rows and the ids of the companies.
 * @throws AppError `unreadable_file`, `unwritable_file` (permanent), or MongoDB's errors.
 */
export async function importDirectory(options: ImportOptions): Promise<ImportSummary> {
  const { collections, onProgress } = options
  const input = await openInput(options.file)
  const rejects = openRejectFile(options.rejectsFile)
  const companies = new Set<string>()
  const unsure = new Set<string>()
  /** A row that names no company may be of any. */
  let isAnyUnsure = false
  let batch: DirectoryRow[] = []
  let rows = 0
  let imported = 0
  let rejected = 0
  const save = async () => {
    if (collections !== null) await saveRows(collections, batch, options)
    imported += batch.length
    batch = []
    onProgress?.({ bytesRead: input.bytesRead(), totalBytes: input.totalBytes, rows, rejected })
  }

  try {
    const read = createRowReader(options)
    for await (const raw of openRows(input.head, input.chunks, options)) {
      rows += 1
      const result = raw.ok ? read(raw.record) : { ok: false as const, reason: raw.reason, companyId: null }
      if (result.ok) {
        companies.add(result.row.companyId)
        batch.push(result.row)
      } else {
        rejected += 1
        if (result.companyId === null) isAnyUnsure = true
        else unsure.add(result.companyId)
        await rejects.write({ line: raw.line, reason: result.reason, row: raw.ok ? raw.record : raw.raw })
      }
      if (batch.length === BATCH || (!result.ok && rejected % BATCH === 0)) await save()
    }
    await save()
  } finally {
    input.close()
    await rejects.close()
  }

  const sure = isAnyUnsure ? [] : [...companies].filter((companyId) => !unsure.has(companyId))
  const retired =
    options.snapshot && collections !== null ? await retireAbsent(collections.positions, sure, options) : 0
  return { rows, imported, rejected, companies: companies.size, retired, unsure: companies.size - sure.length }
}

function openRows(head: Buffer, chunks: AsyncIterable<Buffer>, options: ImportOptions): AsyncIterable<RawRow> {
  const text = decodeHead(head)
  const format = options.format ?? detectFormat(options.file, text)
  if (format === 'json-array') {
    throw unreadable(
      options.file,
      'it is a JSON array; write one object a line (NDJSON), for instance with jq -c ".[]"',
    )
  }
  if (format === 'ndjson') return readNdjson(chunks)
  return readCsv(chunks, detectDelimiter(text), (header) => {
    const problem = findColumnProblem(header, chooseColumns(header, options.mapping ?? {}))
    if (problem !== undefined) throw unreadable(options.file, problem)
  })
}

/** The beginning as text, by its byte order mark. */
function decodeHead(head: Buffer): string {
  const isUtf16 = head[0] === 0xff && head[1] === 0xfe
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(head)
}

function unreadable(file: string, reason: string): AppError {
  return new AppError(`${file} cannot be read: ${reason}`, { code: 'unreadable_file', fate: 'permanent' })
}

/** Reads records; which columns to take is chosen once for each set of keys, since objects may leave some out. */
function createRowReader(options: ImportOptions): (record: Readonly<Record<string, unknown>>) => ReadRow {
  const { mapping = {}, companyPrefix = '' } = options
  let lastKeys = ''
  let columns: Columns = {}
  return (record) => {
    const names = Object.keys(record)
    const keys = names.join('\n')
    if (keys !== lastKeys) {
      columns = chooseColumns(names, mapping)
      lastKeys = keys
    }
    return readDirectoryRow(record, columns, companyPrefix)
  }
}
