import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const MAIN = join(import.meta.dirname, 'main.ts')
const MEASURE = join(import.meta.dirname, 'measure', 'main.ts')

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'titles-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'titles.tsv')
  writeFileSync(file, text)
  return file
}

function run(main: string, args: string[], input = '') {
  return spawnSync(process.execPath, [main, ...args], { input, encoding: 'utf8' })
}

test('titles of a file and of standard input are printed with seniority and department', () => {
  const expected = 'EVP & CFO\tc-suite\tfinance\n'
  expect(run(MAIN, [fileOf('EVP & CFO\n')])).toMatchObject({ status: 0, stdout: expected, stderr: '' })
  expect(run(MAIN, ['-'], 'EVP & CFO')).toMatchObject({ status: 0, stdout: expected })
  expect(run(MAIN, [], 'EVP & CFO')).toMatchObject({ status: 0, stdout: expected })
})

test('a file that is not there, or a folder, is one sentence and exit code 1', () => {
  const missing = run(MAIN, ['/no/such/file'])
  expect(missing).toMatchObject({ status: 1, stdout: '' })
  expect(missing.stderr).toBe(
    'titles: Cannot read /no/such/file (ENOENT): give the path of a text file with one title a line.\n',
  )
  expect(run(MAIN, [tmpdir()]).stderr).toContain('(EISDIR)')
})

test('a reader that has enough ends the work without an error', () => {
  const file = fileOf('VP Sales\n'.repeat(200_000))
  const command = '"$0" "$1" "$2" | head -n 1; echo "$PIPESTATUS"'
  const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, MAIN, file], { encoding: 'utf8' })
  expect({ stdout, stderr }).toEqual({ stdout: 'VP Sales\tvp\tsales\n0\n', stderr: '' })
})

test('the measurement counts each title once and prints the confusion matrix', () => {
  const file = fileOf('title\tlevel\nCEO\tC-Suite\nceo.\tC-Suite\nVP Sales\tVP\nSales Engineer\tManager\n')
  const { status, stdout } = run(MEASURE, [file, '--half', 'all'])
  expect(status).toBe(0)
  expect(stdout).toContain('1 repeated rows left out')
  expect(stdout).toContain('accuracy 0.667 of 3 titles')
  expect(stdout).toContain('| Manager | 0 | 0 | 0 | 1 |')
})

test('a label that is unknown, a missing column and a missing file are told with what to do', () => {
  const file = fileOf('title\tlevel\nCEO\tBoss\n')
  expect(run(MEASURE, [file, '--half', 'all']).stderr).toContain('row 2: "Boss" is none of the labels C-Suite')
  expect(run(MEASURE, [file, '--column', 'rank']).stderr).toContain('has no label column "rank"')
  expect(run(MEASURE, ['/no/such/file']).stderr).toContain('Cannot read /no/such/file (ENOENT)')
})
