import type { Member } from '@buyer-group/shared/messages/messages.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { positionOf } from '../folding/merge-positions.ts'
import { compareMembers, NO_DIFFERENCE } from './compare-members.ts'
import { composeMembers } from './compose-members.ts'
import { toMember } from './to-member.ts'

const member = (personId: string, title: string): Member =>
  toMember(
    positionOf({
      companyId: 'acme',
      personId,
      active: true,
      title,
      department: null,
      changedAt: new Date(1),
      changedBy: 'test:1',
    }),
    undefined,
  )

describe('a member', () => {
  test.each([
    ['CEO', 'decision_maker', 100],
    ['CFO', 'decision_maker', 95],
    ['VP Sales', 'champion', 75],
    ['Director of Legal', 'blocker', 60],
    ['Engineering Manager', 'influencer', 45],
    ['Senior Engineer', 'influencer', 30],
    ['Member', 'user', 20],
    ['Intern', 'user', 5],
  ])('with the title %s is a %s of score %i', (title, role, score) => {
    expect(member('per_1', title)).toMatchObject({ role, score })
  })

  test('has the name and address of the person, or none where the directory does not hold them', () => {
    const position = positionOf({
      companyId: 'acme',
      personId: 'per_1',
      active: true,
      title: 'CFO',
      department: null,
      changedAt: new Date(1),
      changedBy: 'test:1',
    })
    const person = { personId: 'per_1', sourceIds: ['test:1'], name: 'Pat', changedAt: new Date(1), changedBy: 'x' }
    expect(toMember(position, { ...person, email: 'pat@x.io' })).toMatchObject({ name: 'Pat', email: 'pat@x.io' })
    expect(toMember(position, person)).toMatchObject({ name: 'Pat', email: null })
    expect(toMember(position, undefined)).toMatchObject({ name: '', email: null })
  })
})

describe('a group', () => {
  const members = fc.uniqueArray(
    fc
      .record({ id: fc.string({ maxLength: 3 }), title: fc.constantFrom('CEO', 'CFO', 'Member', 'Intern') })
      .map(({ id, title }) => member(id, title)),
    { selector: ({ personId }) => personId },
  )

  test('is ordered by score, then by person, whatever the order of the positions', () => {
    fc.assert(
      fc.property(
        members.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(composeMembers(shuffled)).toEqual(composeMembers(list))
        },
      ),
    )
    const ordered = composeMembers([member('b', 'Member'), member('a', 'Member'), member('c', 'CEO')])
    expect(ordered.map(({ personId }) => personId)).toEqual(['c', 'a', 'b'])
  })

  test('differs from itself in nothing', () => {
    fc.assert(
      fc.property(members, (list) => {
        expect(compareMembers(list, list)).toEqual(NO_DIFFERENCE)
      }),
    )
  })

  test('differs from another by who was added, removed and changed', () => {
    const before = [member('a', 'CEO'), member('b', 'Member')]
    const after = [member('b', 'CFO'), member('c', 'Intern')]
    expect(compareMembers(before, after)).toEqual({
      added: [after[1]],
      removed: [before[0]],
      changed: [{ personId: 'b', before: before[1], after: after[0] }],
    })
  })
})
