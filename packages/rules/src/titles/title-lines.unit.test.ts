import { expect, test } from 'vitest'
import { toTitleLines } from './title-lines.ts'

async function linesOf(...pieces: string[]): Promise<string> {
  let printed = ''
  for await (const piece of toTitleLines(toPieces(pieces))) printed += piece
  return printed
}

async function* toPieces(pieces: string[]): AsyncGenerator<string> {
  yield* pieces
}

test('each line gives one, wherever the text is cut', async () => {
  const expected = 'CEO\tc-suite\texecutive\nVP Sales\tvp\tsales\n'
  expect(await linesOf('CEO\nVP Sales\n')).toBe(expected)
  expect(await linesOf('C', 'EO\nVP ', 'Sales')).toBe(expected)
})

test('an empty line stays a line, so that the output can stand beside the input', async () => {
  expect(await linesOf('\nCEO')).toBe('\tindividual\tother\nCEO\tc-suite\texecutive\n')
  expect(await linesOf('')).toBe('')
})

test('tabs, carriage returns, escapes and a byte order mark do not reach the output', async () => {
  expect(await linesOf('\uFEFFVP\tSales\r\n\u001b[31mCEO\r\n')).toBe(
    'VP Sales\tvp\tsales\n[31mCEO\tindividual\tother\n',
  )
})

test('a line without end is kept no longer than 64 Ki characters', async () => {
  const printed = await linesOf('CEO ', ...Array.from({ length: 20 }, () => 'x'.repeat(100_000)))
  expect(printed.length).toBeLessThan(66_000)
})
