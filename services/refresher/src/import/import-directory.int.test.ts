import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPeopleTable } from '../directory/people-table.ts'
import { savePeople } from '../directory/save-people.ts'
import { savePositions } from '../directory/save-positions.ts'
import { openTemporaryDatabase } from '../test-kit/temporary-database.ts'
import { type ImportOptions, importDirectory } from './import-directory.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>
let folder: string

beforeAll(async () => {
  database = await openTemporaryDatabase()
  folder = await mkdtemp(join(tmpdir(), 'import-'))
})
afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  await database.collections.people.deleteMany({})
  await database.collections.positions.deleteMany({})
})

const day = (number: number) => new Date(Date.UTC(2026, 0, number))

async function run(content: string | Buffer, options: Partial<ImportOptions> = {}) {
  const file = join(folder, 'directory')
  const rejectsFile = join(folder, 'rejects')
  await writeFile(file, content)
  await rm(rejectsFile, { force: true })
  const base = { file, rejectsFile, source: 'crm', asOf: day(10), collections: database.collections }
  const summary = await importDirectory({ ...base, ...options })
  const text = await readFile(rejectsFile, 'utf8').catch(() => '')
  const rejects = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return { summary, rejects }
}

/** What the directory says, in words: company, source id, title, and whether the person is still there. */
async function directory(): Promise<string[]> {
  const people = await database.collections.people.find().toArray()
  const positions = await database.collections.positions.find().toArray()
  const sourceIds = new Map(people.map(({ personId, sourceIds: ids }) => [personId, ids[0]]))
  return positions
    .map((p) => `${p.companyId} ${sourceIds.get(p.personId)} ${p.title} ${p.active ? 'active' : 'ended'}`)
    .sort()
}

const row = (companyId: string, personId: string, title: string) =>
  `${JSON.stringify({ companyId, companyName: 'C', personId, name: `Name ${personId}`, title, rank: 1 })}\n`

const THREE = row('acme', '1', 'CTO') + row('acme', '2', 'CFO') + row('beta', '1', 'Advisor')
const DIRECTORY_OF_THREE = ['acme crm:1 CTO active', 'acme crm:2 CFO active', 'beta crm:1 Advisor active']

test('writes people under their source ids and one position a company', async () => {
  const { summary } = await run(THREE)
  expect(summary).toEqual({ rows: 3, imported: 3, rejected: 0, companies: 2, retired: 0, unsure: 0 })
  expect(await directory()).toEqual(DIRECTORY_OF_THREE)
  const person = await database.collections.people.findOne({ sourceIds: 'crm:1' })
  expect(person).toMatchObject({ name: 'Name 1', changedAt: day(10), changedBy: '!import:crm' })
})

test('changes nothing when it runs again, also with every row twice', async () => {
  await run(THREE)
  const before = await database.db.collection('positions').find().toArray()
  await run(THREE + THREE)
  expect(await database.db.collection('positions').find().toArray()).toEqual(before)
  expect(await database.collections.people.countDocuments()).toBe(2)
})

test('reads gzip whatever the file is called, and CSV with a mapping', async () => {
  await run(gzipSync(THREE))
  expect(await directory()).toEqual(DIRECTORY_OF_THREE)
  const csv =
    '\uFEFFAccount ID;Contact ID;First Name;Last Name;Role;Email\r\ngamma;9;Kim;Lee;"VP;\r\nSales";KIM@x.io\r\n'
  await run(csv, { mapping: { title: 'Role' } })
  expect(await directory()).toContain('gamma crm:9 VP;\r\nSales active')
  const kim = await database.collections.people.findOne({ sourceIds: 'crm:9' })
  expect(kim).toMatchObject({ name: 'Kim Lee', email: 'kim@x.io' })
})

test('keeps the good rows and puts the bad ones into the rejects file with line and reason', async () => {
  const bad = '{"companyId":"acme","personId":"","name":"X","title":"CTO"}\nnot json\n'
  const { summary, rejects } = await run(row('acme', '1', 'CTO') + bad + row('acme', '2', ' '))
  expect(summary).toMatchObject({ rows: 4, imported: 1, rejected: 3 })
  expect(rejects).toEqual([
    { line: 2, reason: 'personId is missing', row: { companyId: 'acme', personId: '', name: 'X', title: 'CTO' } },
    { line: 3, reason: 'is no JSON', row: 'not json' },
    { line: 4, reason: 'title is missing', row: expect.objectContaining({ personId: '2' }) },
  ])
  expect((await stat(join(folder, 'rejects'))).mode & 0o777).toBe(0o600)
  expect(await directory()).toEqual(['acme crm:1 CTO active'])
})

test('loses to changes after its time and to an event of the same instant, wins over earlier ones', async () => {
  const change = async (personId: string, number: number) => {
    const stamp = { changedAt: day(number), changedBy: `crm:evt-${number}` }
    const ids = await savePeople(createPeopleTable(database.collections.people), [
      { sourceId: `crm:${personId}`, name: 'By event', email: null, ...stamp },
    ])
    await savePositions(database.collections.positions, [
      {
        companyId: 'acme',
        personId: ids.get(`crm:${personId}`) ?? '',
        active: true,
        title: 'By event',
        department: null,
        ...stamp,
      },
    ])
  }
  await change('1', 9)
  await change('2', 10)
  await change('3', 11)
  await run(row('acme', '1', 'Import') + row('acme', '2', 'Import') + row('acme', '3', 'Import'))
  expect(await directory()).toEqual([
    'acme crm:1 Import active',
    'acme crm:2 By event active',
    'acme crm:3 By event active',
  ])
})

test('a snapshot ends older positions that its companies have and the file does not, and no others', async () => {
  await run(row('acme', '1', 'CTO') + row('acme', '2', 'CFO') + row('beta', '3', 'CEO'), { asOf: day(1) })
  await run(row('acme', '4', 'COO'), { asOf: day(20) })
  const { summary } = await run(row('acme', '1', 'CTO'), { snapshot: true })
  expect(summary).toMatchObject({ retired: 1, unsure: 0 })
  expect(await directory()).toEqual([
    'acme crm:1 CTO active',
    'acme crm:2 CFO ended',
    'acme crm:4 COO active',
    'beta crm:3 CEO active',
  ])
  expect((await run(row('acme', '1', 'CTO'), { snapshot: true })).summary).toMatchObject({ retired: 0 })
})

test('a snapshot ends nothing where a rejected row may be the position that is missing', async () => {
  await run(row('acme', '1', 'CTO') + row('beta', '2', 'CEO'), { asOf: day(1) })
  const ofAcme = row('acme', '1', '') + row('acme', '5', 'CFO') + row('beta', '6', 'CFO')
  expect((await run(ofAcme, { snapshot: true, asOf: day(2) })).summary).toMatchObject({ retired: 1, unsure: 1 })
  expect(await directory()).toEqual(
    expect.arrayContaining(['acme crm:1 CTO active', 'beta crm:2 CEO ended', 'beta crm:6 CFO active']),
  )
  const ofAnyone = `broken\n${row('beta', '7', 'COO')}`
  expect((await run(ofAnyone, { snapshot: true, asOf: day(3) })).summary).toMatchObject({ retired: 0, unsure: 1 })
})

test('a dry run writes nothing', async () => {
  expect((await run(THREE, { collections: null })).summary).toMatchObject({ imported: 3 })
  expect(await directory()).toEqual([])
})

test('leaves absent rows alone when the file is cut off, snapshot or not', async () => {
  await run(THREE, { asOf: day(1) })
  const whole = gzipSync(row('acme', '9', 'CEO').repeat(1_000))
  const cut = run(whole.subarray(0, whole.length - 20), { snapshot: true })
  await expect(cut).rejects.toMatchObject({ code: 'unreadable_file', message: expect.stringContaining('cut off') })
  expect(await directory()).toEqual(expect.arrayContaining(DIRECTORY_OF_THREE))
})

test.each([
  ['[{"companyId":"acme"}]', 'JSON array'],
  ['Company,Person\n1,2\n', 'no column is known for companyId, personId, title, name'],
])('says why it cannot read %j', async (content, reason) => {
  await expect(run(content)).rejects.toMatchObject({
    code: 'unreadable_file',
    message: expect.stringContaining(reason),
  })
})

test('says when there is no such file', async () => {
  const options = { file: join(folder, 'nowhere'), rejectsFile: join(folder, 'r'), source: 'crm', asOf: day(1) }
  const missing = importDirectory({ ...options, collections: null })
  await expect(missing).rejects.toThrow('there is no such file')
})

test('reads many batches and tells how far it is', async () => {
  const many = Array.from({ length: 2_500 }, (_, index) => row(`c${index % 40}`, String(index), 'CTO')).join('')
  const seen: number[] = []
  const { summary } = await run(gzipSync(many), {
    onProgress: ({ bytesRead, totalBytes }) => seen.push(bytesRead / totalBytes),
  })
  expect(summary).toMatchObject({ imported: 2_500, companies: 40 })
  expect(seen).toHaveLength(3)
  expect(seen.at(-1)).toBe(1)
  expect(await database.collections.positions.countDocuments({ active: true })).toBe(2_500)
})
