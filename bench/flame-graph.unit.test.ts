import { expect, test } from 'vitest'
import { flameGraphOf } from './flame-graph.ts'

const node = (id: number, functionName: string, children: number[] = [], url = 'file:///service/main.ts') => ({
  id,
  children,
  callFrame: { functionName, url, lineNumber: 9 },
})

const PROFILE = {
  nodes: [
    node(1, '(root)', [2, 3, 5], ''),
    node(2, '(idle)', [], ''),
    node(3, 'serve', [4]),
    node(4, 'parse<Event>', [], 'file:///node_modules/zod/index.js'),
    node(5, '', [], 'node:net'),
  ],
  startTime: 500_000,
  samples: [4, 2, 3, 4, 4, 5],
  timeDeltas: [7_000, 9_000, 1_000, 1_000, 1_000, 1_000],
}

test('a frame is as wide as the share of its time in which anything ran, and stands below its caller', () => {
  const svg = flameGraphOf(PROFILE, 510_000)
  expect(svg).toContain('<title>(root), 4.0 ms, 100.0 %</title><rect x="0.0" y="0" width="1600.0"')
  expect(svg).toContain('<title>serve main.ts:10, 3.0 ms, 75.0 %</title><rect x="0.0" y="17" width="1200.0"')
  expect(svg).toContain('parse&#60;Event&#62; index.js:10, 2.0 ms, 50.0 %</title><rect x="0.0" y="34" width="800.0"')
  expect(svg).toContain('<title>(anonymous) node:net:10, 1.0 ms, 25.0 %</title><rect x="1200.0" y="17" width="400.0"')
  expect(svg).not.toContain('(idle)')
})

test('a profile without nodes is refused', () => {
  expect(() => flameGraphOf({ nodes: [], startTime: 0, samples: [], timeDeltas: [] }, 0)).toThrow(
    'the profile is empty',
  )
})
