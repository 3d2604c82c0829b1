import { Readable } from 'node:stream'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { type CsvError, type Info, parse } from 'csv-parse'
import { MAX_ROW_BYTES, type RawRow } from './raw-row.ts'

/**
 * Reads CSV as CRMs export it: a header row, quoted values with delimiters and line ends in them, a byte order mark
 * (UTF-16 is read by it too), any line end. A quote inside an unquoted value stays as it is. A row with another number
 * of values than the header is a bad row. `onHeader` hears the columns before the first row.
 * @throws AppError `unreadable_file` (permanent) for a quoted value that never ends, and whatever `onHeader` throws.
 */
export async function* readCsv(
  chunks: AsyncIterable<Buffer>,
  delimiter: string,
  onHeader: (columns: readonly string[]) => void,
): AsyncGenerator<RawRow> {
  let open: RawRow | undefined
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    raw: true,
    max_record_size: MAX_ROW_BYTES,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error, raw) => {
      if (error?.code === 'CSV_QUOTE_NOT_CLOSED') open = openQuote(error, raw ?? '')
      else parser.destroy(neverEnds(error))
      return undefined
    },
  })
  const source = Readable.from(chunks)
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)

  let header: readonly string[] | undefined
  let overcounted = 0
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
    overcounted += countMatches(record, /\r\n/g)
    const line = info.lines - overcounted - countMatches(record, /\r\n|\n|\r/g)
    if (header === undefined) {
      header = record.map((column) => column.trim())
      onHeader(header)
      continue
    }
    if (record.every((value) => value.trim() === '')) continue
    yield toRow(header, record, line)
  }
  if (open !== undefined) yield open
}

function toRow(header: readonly string[], record: readonly string[], line: number): RawRow {
  if (record.length !== header.length) {
    return { ok: false, line, reason: `has ${record.length} values, the header ${header.length}`, raw: record }
  }
  return { ok: true, line, record: Object.fromEntries(header.map((column, index) => [column, record[index]])) }
}

/** The parser counts lines up to a record's end, and a CR LF inside quotes as two. */
const countMatches = (record: readonly string[], pattern: RegExp) =>
  record.reduce((sum, value) => sum + (value.match(pattern)?.length ?? 0), 0)

function openQuote(error: CsvError, raw: string): RawRow {
  const ends = raw.replace(/\n$/, '').match(/\n/g)?.length ?? 0
  const line = Math.max(1, Number(error.lines) - ends)
  return { ok: false, line, reason: 'begins a quoted value that does not end before the file does', raw }
}

function neverEnds(error: CsvError | undefined): AppError {
  return new AppError(
    `the CSV cannot be read on: a quoted value before line ${error?.lines} does not end within ${MAX_ROW_BYTES} bytes`,
    { code: 'unreadable_file', fate: 'permanent', cause: error },
  )
}
