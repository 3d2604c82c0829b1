import { describe, expect, it } from 'vitest'
import { liveLine } from './live-line.ts'

function screen(isTTY: boolean) {
  const written: string[] = []
  let time = 0
  const out = { isTTY, columns: 20, write: (text: string) => written.push(text) }
  return { written, line: liveLine(out, () => time), pass: (ms: number) => (time += ms) }
}

describe('the live line', () => {
  it('is rewritten in place on a terminal and never wraps', () => {
    const { written, line } = screen(true)
    line.show('one')
    line.show('a line that is too long for it')
    expect(written).toEqual(['\r\u001b[2Kone', '\r\u001b[2Ka line that is too '])
  })

  it('stays below what is said meanwhile', () => {
    const { written, line } = screen(true)
    line.show('one')
    line.say('news')
    expect(written.at(-1)).toBe('\r\u001b[2Knews\none')
  })

  it('is printed elsewhere when it has changed, and again after ten seconds', () => {
    const { written, line, pass } = screen(false)
    line.show('one')
    pass(1_000)
    line.show('one')
    line.show('two')
    pass(10_000)
    line.show('two')
    expect(written).toEqual(['one\n', 'two\n', 'two\n'])
  })
})
