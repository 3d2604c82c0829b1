import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const here = import.meta.dirname
const read = (name: string) => readFile(join(here, name), 'utf8')

/** The fenced blocks of a Markdown text in the given languages, in order. */
const blocksOf = (markdown: string, ...languages: string[]) =>
  [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, language = '']) => languages.includes(language))
    .map(([, , block = '']) => block)

test('the guide in the README is the code that is compiled and linted with everything else', async () => {
  expect(blocksOf(await read('README.md'), 'ts').join('\n')).toBe(await read('guide.ts'))
})

test('the guide runs, and prints what the README shows', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(here, 'guide.ts')])
  const shown = blocksOf(await read('README.md'), 'text', 'mermaid').join('')
  const withoutBlankLines = (text: string) => text.replaceAll(/\n+/g, '\n').trim()
  expect(stderr).toBe('')
  expect(withoutBlankLines(stdout)).toBe(withoutBlankLines(shown))
})
