import { describe, expect, it } from 'vitest'
import { compareChecksums, describeProblems, formatChecksums, parseChecksums } from './checksums.ts'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)

describe('checksums', () => {
  it('are read and written in the form of sha256sum', () => {
    const text = `${A}  first.jar\n${B}  lib/second file.jar\n`
    expect(formatChecksums(parseChecksums(text))).toBe(text)
  })

  it('that are not of that form are refused with the number of the line', () => {
    expect(() => parseChecksums(`${A}  first.jar\nabc  second.jar\n`)).toThrow('line 2')
  })

  it('tell apart a file that is missing, one that differs and one that does not belong there', () => {
    const expected = parseChecksums(`${A}  missing.jar\n${A}  wrong.jar\n${A}  right.jar\n`)
    const found = parseChecksums(`${B}  wrong.jar\n${A}  right.jar\n${A}  extra.jar\n`)
    expect(compareChecksums(expected, found)).toEqual([
      { file: 'missing.jar', problem: 'missing' },
      { file: 'wrong.jar', problem: 'wrong' },
      { file: 'extra.jar', problem: 'unexpected' },
    ])
  })

  it('that differ are described by the first file and the number of others', () => {
    expect(
      describeProblems([
        { file: 'a.jar', problem: 'wrong' },
        { file: 'b.jar', problem: 'missing' },
      ]),
    ).toBe('a.jar has a wrong SHA-256 checksum (and 1 more)')
  })
})
