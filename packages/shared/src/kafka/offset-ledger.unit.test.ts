import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OffsetLedger } from './offset-ledger.ts'

test('nothing may be committed before something is finished', () => {
  const ledger = new OffsetLedger()
  ledger.handOut(5)
  expect(ledger.committable).toBeUndefined()
  expect(ledger.unfinished).toBe(1)
})

test('a gap holds the commit back until it is closed', () => {
  const ledger = new OffsetLedger()
  for (const offset of [5, 6, 9]) ledger.handOut(offset)
  ledger.finish(9)
  ledger.finish(6)
  expect(ledger.committable).toBeUndefined()
  ledger.finish(5)
  expect(ledger.committable).toBe(10)
  expect(ledger.unfinished).toBe(0)
})

test('whatever the order of finishing, the commit never passes unfinished work and ends after the last', () => {
  const offsets = fc
    .uniqueArray(fc.nat(5_000), { minLength: 1, maxLength: 3_000 })
    .map((list) => list.sort((a, b) => a - b))
  fc.assert(
    fc.property(
      offsets.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([handedOut, order]) => {
        const ledger = new OffsetLedger()
        for (const offset of handedOut) ledger.handOut(offset)
        const open = new Set(handedOut)
        for (const offset of order) {
          ledger.finish(offset)
          open.delete(offset)
          const committable = ledger.committable
          if (committable !== undefined && open.has(committable - 1)) throw new Error('committed unfinished work')
          if (committable !== undefined) {
            const lowestOpen = handedOut.find((candidate) => open.has(candidate))
            if (lowestOpen !== undefined && committable > lowestOpen) throw new Error('passed unfinished work')
          }
        }
        expect(ledger.committable).toBe((handedOut.at(-1) ?? 0) + 1)
      },
    ),
    { numRuns: 30 },
  )
})
