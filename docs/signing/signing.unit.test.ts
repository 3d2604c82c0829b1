import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')
const page = read('../signing.md')

const blocksOf = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block)

test.each([
  ['bash', 'send-event.sh'],
  ['ts', 'send-event.ts'],
  ['python', 'send_event.py'],
  ['go', 'send_event.go'],
])('the page shows the signature in %s as %s makes it', (language, file) => {
  expect(blocksOf(language)).toHaveLength(1)
  expect(read(file)).toContain(blocksOf(language)[0])
})

test('the page gives the signature that its example has', () => {
  const [, secret = '', time, body] =
    /the secret `(.+?)`, the time `(.+?)` and the body `(.+?)` the signature is/.exec(page) ?? []
  expect(blocksOf('text')).toEqual([`${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}\n`])
})
