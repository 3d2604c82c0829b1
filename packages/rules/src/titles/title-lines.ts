import { classifyTitle } from './classify-title.ts'

/** Of a longer line the rest is dropped: a file without line ends must not fill the memory. In UTF-16 units. */
const MAX_LINE_LENGTH = 64 * 1024

/** Tabs, carriage returns, escapes: none of them may part the columns or command a terminal. */
const CONTROL_CHARACTERS = /\p{Cc}+/gu

/**
 * Turns text, in pieces of any length, into one line for each of its lines, also an empty one: the title, its seniority
 * and its department, parted by tabs. A byte order mark is dropped. Yields one piece for each that comes.
 */
export async function* toTitleLines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  let isFirst = true
  for await (const piece of text) {
    const lines = (rest + (isFirst ? piece.replace(/^\uFEFF/, '') : piece)).split('\n')
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH)
    isFirst = false
    yield lines.map(toLine).join('')
  }
  if (rest !== '') yield toLine(rest)
}

function toLine(line: string): string {
  const title = line.slice(0, MAX_LINE_LENGTH).replace(CONTROL_CHARACTERS, ' ').trim()
  const { seniority, department } = classifyTitle(title)
  return `${title}\t${seniority}\t${department}\n`
}
