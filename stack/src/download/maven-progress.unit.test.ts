import { expect, it } from 'vitest'
import { mavenProgress } from './maven-progress.ts'

it('adds up what Maven has finished and what is under way, also when a line comes in pieces', () => {
  const bytes = mavenProgress()
  expect(bytes('Downloaded from central: x (6.7 MB at 19 MB/s)\nProgress (2): 12/2')).toBe(6_700_000)
  expect(bytes('1 kB | 1.5/109 MB\r')).toBe(6_700_000 + 12_000 + 1_500_000)
  expect(bytes('Progress (1): 109 MB   \rDownloaded from central: y (109 MB at 73 MB/s)\n')).toBe(115_700_000)
})
