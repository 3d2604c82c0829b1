import { describe, expect, test } from 'vitest'
import { MAX_ROW_BYTES, type RawRow } from './raw-row.ts'
import { readCsv } from './read-csv.ts'
import { readNdjson } from './read-ndjson.ts'

/** The content in chunks of some size, so that rows and characters are cut in two. */
async function* inChunks(content: string | Buffer, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content as string)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function collect(rows: AsyncIterable<RawRow>): Promise<RawRow[]> {
  const all: RawRow[] = []
  for await (const row of rows) all.push(row)
  return all
}

describe('NDJSON', () => {
  test.each([1, 3, 1_000])('is read line by line, in chunks of %d bytes', async (size) => {
    const text = '\uFEFF{"name":"André"}\r\n\n{"name":"日本"}\nnull\n[1]\n{"cut":\n{"last":1}'
    expect(await collect(readNdjson(inChunks(text, size)))).toEqual([
      { ok: true, line: 1, record: { name: 'André' } },
      { ok: true, line: 3, record: { name: '日本' } },
      { ok: false, line: 4, reason: 'is no JSON object', raw: null },
      { ok: false, line: 5, reason: 'is no JSON object', raw: [1] },
      { ok: false, line: 6, reason: 'is no JSON', raw: '{"cut":' },
      { ok: true, line: 7, record: { last: 1 } },
    ])
  })

  test('passes over a line that is too long or in another encoding', async () => {
    const latin1 = Buffer.concat([Buffer.from('{"name":"Ren'), Buffer.from([0xe9]), Buffer.from('"}\n')])
    const content = Buffer.concat([Buffer.alloc(MAX_ROW_BYTES + 1, 'x'), Buffer.from('\n'), latin1, Buffer.from('{}')])
    expect(await collect(readNdjson(inChunks(content, 64 * 1024)))).toEqual([
      { ok: false, line: 1, reason: `is longer than ${MAX_ROW_BYTES} bytes`, raw: null },
      { ok: false, line: 2, reason: 'holds bytes that are no UTF-8', raw: '{"name":"René"}' },
      { ok: true, line: 3, record: {} },
    ])
  })
})

describe('CSV', () => {
  const read = async (content: string | Buffer, delimiter = ',', size = 5) => {
    let header: readonly string[] = []
    const rows = await collect(
      readCsv(inChunks(content, size), delimiter, (columns) => {
        header = columns
      }),
    )
    return { header, rows }
  }

  test('is read with a byte order mark, quoted delimiters and line ends, and doubled quotes', async () => {
    const { header, rows } = await read('\uFEFFid, "name" ,t\r\n1,"Lee,\r\nPat","a ""b"""\r\n\r\n,,\r\n2,é,5" pipe\r\n')
    expect(header).toEqual(['id', '"name"', 't'])
    expect(rows).toEqual([
      { ok: true, line: 2, record: { id: '1', '"name"': 'Lee,\r\nPat', t: 'a "b"' } },
      { ok: true, line: 6, record: { id: '2', '"name"': 'é', t: '5" pipe' } },
    ])
  })

  test('is read in UTF-16 with a byte order mark, as spreadsheets export it', async () => {
    const { rows } = await read(Buffer.from('\uFEFFid;name\r\n1;é\r\n', 'utf16le'), ';', 1_000)
    expect(rows).toEqual([{ ok: true, line: 2, record: { id: '1', name: 'é' } }])
  })

  test('goes on after a row with too few or too many values', async () => {
    const { rows } = await read('id,name\n1\n2,a,b\n3,c\n')
    expect(rows).toEqual([
      { ok: false, line: 2, reason: 'has 1 values, the header 2', raw: ['1'] },
      { ok: false, line: 3, reason: 'has 3 values, the header 2', raw: ['2', 'a', 'b'] },
      { ok: true, line: 4, record: { id: '3', name: 'c' } },
    ])
  })

  test('reports a quoted value that does not end, with the line it begins in', async () => {
    const { rows } = await read('id,name\n1,a\n2,"open\n3,c\n')
    expect(rows).toEqual([
      { ok: true, line: 2, record: { id: '1', name: 'a' } },
      {
        ok: false,
        line: 3,
        reason: 'begins a quoted value that does not end before the file does',
        raw: '2,"open\n3,c\n',
      },
    ])
  })

  test('stops at a quoted value that would take all memory', async () => {
    const endless = `id,name\n1,"${'x'.repeat(MAX_ROW_BYTES + 100)}\n`
    await expect(read(endless, ',', 64 * 1024)).rejects.toMatchObject({ code: 'unreadable_file' })
  })

  test('passes on an error of the file', async () => {
    async function* broken() {
      yield Buffer.from('id,name\n1,a\n')
      throw new Error('disk gone')
    }
    await expect(collect(readCsv(broken(), ',', () => {}))).rejects.toThrow('disk gone')
  })
})
