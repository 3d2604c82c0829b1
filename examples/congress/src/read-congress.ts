import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import type { Held } from './rules/compare-positions.ts'
import type { CongressEvent } from './rules/fold-events.ts'

const FOLDER = join(import.meta.dirname, '..')

/** The data files; README.md beside them says where they come from. */
export const FILES = {
  start: join(FOLDER, 'directory-start.ndjson.gz'),
  events: join(FOLDER, 'events.ndjson.gz'),
  end: join(FOLDER, 'directory-end.ndjson.gz'),
} as const

/** The day that the start of the directory was true. */
export const START_AS_OF = '2012-11-09'

/** The source's name; a person's source id is `congress:` and the id in the files. */
export const SOURCE = 'congress'

/** The positions in a directory file. */
export function readDirectory(file: typeof FILES.start | typeof FILES.end): Promise<readonly Held[]> {
  return readRows<Held>(file)
}

/** The events in time order, at most `limit`. */
export function readEvents(limit?: number): Promise<readonly CongressEvent[]> {
  return readRows<CongressEvent>(FILES.events, limit)
}

async function readRows<Row>(file: string, limit = Number.POSITIVE_INFINITY): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
    if (rows.length >= limit) break
    rows.push(JSON.parse(line) as Row)
  }
  return rows
}
