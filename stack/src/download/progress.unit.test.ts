import { expect, it } from 'vitest'
import { lineProgress } from './progress.ts'

it('prints the start, each quarter once and the end where nobody watches a terminal', () => {
  const lines: string[] = []
  const part = lineProgress((line) => lines.push(line)).part('kafka', 100e6)
  for (const megabytes of [1, 26, 27, 80, 100]) part.at(megabytes * 1e6)
  part.done()
  expect(lines).toEqual([
    'kafka: downloading 100.0 MB',
    'kafka: 26.0/100.0 MB',
    'kafka: 80.0/100.0 MB',
    'kafka: downloaded, checksums right',
  ])
})
