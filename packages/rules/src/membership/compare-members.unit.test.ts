import type { Member } from '@buyer-group/shared/messages/messages.ts'
import { describe, expect, test } from 'vitest'
import { compareMembers } from './compare-members.ts'

const member = (more: Partial<Member> = {}): Member => ({
  personId: 'per_1',
  name: 'Pat Doe',
  email: 'pat@acme.test',
  title: 'VP Sales',
  seniority: 'vp',
  department: 'sales',
  role: 'champion',
  score: 75,
  reasons: [],
  ...more,
})

test('members are compared by their ids: who is new, who is gone and who is as before', () => {
  const [first, second, third] = ['per_1', 'per_2', 'per_3'].map((personId) => member({ personId }))
  if (first === undefined || second === undefined || third === undefined) throw new Error('nobody')
  expect(compareMembers([first, second], [third, { ...second }])).toEqual({
    added: [third],
    removed: [first],
    changed: [],
  })
})

describe('a member has changed', () => {
  test.each([
    { name: 'Pat Roe' },
    { email: 'pat.doe@acme.test' },
    { email: null },
    { title: 'CRO' },
    { seniority: 'c-suite' },
    { department: 'marketing' },
    { role: 'decision_maker' },
    { score: 90 },
  ] as const)('by %j alone', (changes) => {
    const [before, after] = [member(), member(changes)]
    expect(compareMembers([before], [after]).changed).toEqual([{ personId: 'per_1', before, after }])
  })
})
