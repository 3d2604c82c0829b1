import type { Member } from '@buyer-group/shared/messages/messages.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { positionOf } from '../folding/merge-positions.ts'
import { compareMembers, NO_DIFFERENCE } from './compare-members.ts'
import { composeMembers } from './compose-members.ts'
import { DEFAULT_PROFILE } from './default-profile.ts'
import type { BuyerGroupProfile } from './profile-parts.ts'
import { toMember } from './to-member.ts'

const composedBy = (group: Partial<BuyerGroupProfile['group']>) => (members: readonly Member[]) =>
  composeMembers(members, { ...DEFAULT_PROFILE, group: { minScore: 0, maxPerRole: {}, ...group } })

const ids = (members: readonly Member[]) => members.map(({ personId }) => personId)

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
    DEFAULT_PROFILE,
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
    expect(toMember(position, { ...person, email: 'pat@x.io' }, DEFAULT_PROFILE)).toMatchObject({
      name: 'Pat',
      email: 'pat@x.io',
    })
    expect(toMember(position, person, DEFAULT_PROFILE)).toMatchObject({ name: 'Pat', email: null })
    expect(toMember(position, undefined, DEFAULT_PROFILE)).toMatchObject({ name: '', email: null })
  })
})

describe('a group', () => {
  const members = fc.uniqueArray(
    fc
      .record({ id: fc.string({ maxLength: 3 }), title: fc.constantFrom('CEO', 'CFO', 'Member', 'Intern') })
      .map(({ id, title }) => member(id, title)),
    { selector: ({ personId }) => personId },
  )

  const limits = fc.record(
    {
      maxMembers: fc.integer({ min: 1, max: 5 }),
      minScore: fc.constantFrom(0, 20, 95),
      maxPerRole: fc.constantFrom({}, { decision_maker: 1, user: 2 }, { user: 0 }),
    },
    { requiredKeys: [] },
  )

  test('is the same for the same members in whatever order they come', () => {
    fc.assert(
      fc.property(
        members.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        limits,
        ([list, shuffled], group) => {
          expect(composedBy(group)(shuffled)).toEqual(composedBy(group)(list))
        },
      ),
    )
  })

  test('has everybody by the built-in profile, by score, then by the code units of the id', () => {
    const list = [member('b', 'Member'), member('ä', 'Member'), member('a', 'Member'), member('B', 'Member')]
    expect(ids(composeMembers([...list, member('z', 'CEO')], DEFAULT_PROFILE))).toEqual(['z', 'B', 'a', 'b', 'ä'])
  })

  test('has no more members than the profile allows, and keeps those with the highest scores', () => {
    const list = [member('a', 'Intern'), member('b', 'CEO'), member('c', 'CFO'), member('d', 'Member')]
    expect(ids(composedBy({ maxMembers: 2 })(list))).toEqual(['b', 'c'])
    expect(ids(composedBy({ minScore: 20 })(list))).toEqual(['b', 'c', 'd'])
    expect(ids(composedBy({ minScore: 21 })(list))).toEqual(['b', 'c'])
  })

  test('leaves out who is too many of a role, and fills the places with others', () => {
    const list = [member('a', 'Intern'), member('b', 'CEO'), member('c', 'CFO'), member('d', 'Member')]
    expect(ids(composedBy({ maxMembers: 2, maxPerRole: { decision_maker: 1 } })(list))).toEqual(['b', 'd'])
    expect(ids(composedBy({ maxPerRole: { user: 0 } })(list))).toEqual(['b', 'c'])
  })

  test('differs from itself in nothing', () => {
    fc.assert(
      fc.property(members, (list) => {
        expect(compareMembers(list, list)).toEqual(NO_DIFFERENCE)
      }),
    )
  })

  test('does not differ from one whose members have other reasons alone', () => {
    const [before, after] = [member('a', 'CEO'), { ...member('a', 'CEO'), reasons: ['decision_maker: owner'] }]
    const { reasons: _none, ...stored } = before
    expect(compareMembers([before], [after])).toEqual(NO_DIFFERENCE)
    expect(compareMembers([stored], [after])).toEqual(NO_DIFFERENCE)
    expect(compareMembers([before], [{ ...before, score: 1 }]).changed).toHaveLength(1)
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
