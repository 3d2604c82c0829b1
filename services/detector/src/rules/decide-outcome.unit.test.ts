import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { expect, test } from 'vitest'
import { changeItem } from '../test-kit/change-item.ts'
import { decideOutcome, groupDecisions } from './decide-outcome.ts'

const change = (id: string, waitingFor: string[]) => ({ item: changeItem(nativeEvent({ id })), waitingFor })
const claimed = new Map([
  ['acme', 'acme:1'],
  ['beta', 'beta:1'],
])

test('a change is a refresh if one of its companies was claimed, and names every command', () => {
  expect(decideOutcome(change('a', ['acme', 'gamma']), claimed)).toEqual({ outcome: 'refresh', commandIds: ['acme:1'] })
  expect(decideOutcome(change('a', ['acme', 'beta']), claimed).commandIds).toEqual(['acme:1', 'beta:1'])
})

test('a change is coalesced if none was claimed', () => {
  expect(decideOutcome(change('a', ['gamma']), claimed)).toEqual({ outcome: 'coalesced', commandIds: [] })
})

test('changes of one decision are written together', () => {
  const changes = [change('a', ['acme']), change('b', ['gamma']), change('c', ['acme']), change('d', ['delta'])]
  expect(groupDecisions(changes, claimed)).toEqual([
    { decision: { outcome: 'refresh', commandIds: ['acme:1'] }, keys: ['test:a', 'test:c'] },
    { decision: { outcome: 'coalesced', commandIds: [] }, keys: ['test:b', 'test:d'] },
  ])
})
