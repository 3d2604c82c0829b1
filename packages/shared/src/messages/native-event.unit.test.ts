import { describe, expect, test } from 'vitest'
import { nativeEventSchema } from './native-event.ts'

const event = {
  id: 'evt_1',
  source: 'test',
  type: 'person.promotion',
  timestamp: '2026-01-15T09:30:00Z',
  person: { id: 'p1', name: 'Pat Doe' },
  company: { id: 'acme', name: 'Acme' },
  changes: {},
}

const problemsOf = (value: unknown) => {
  const parsed = nativeEventSchema.safeParse(value)
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'))
}

describe('the native event', () => {
  test.each(['person.promotion', 'person.Promotion', 'person.roleChange', 'person.a:b'])(
    'may have the type %s',
    (type) => {
      expect(problemsOf({ ...event, type })).toEqual([])
    },
  )

  test.each(['person.', 'person', 'company.sold', 'person.a b', 'person.a\u0000', 'xperson.a'])(
    'may not have the type %j',
    (type) => {
      expect(problemsOf({ ...event, type })).toEqual(['type'])
    },
  )

  test('has a title that is text, whether or not the company changes too', () => {
    const title = { old: 1, new: 2 }
    expect(problemsOf({ ...event, changes: { title } })).toEqual(['changes.title.new'])
    expect(problemsOf({ ...event, changes: { title, company: { new: null } } })).toEqual(['changes.title.new'])
    expect(problemsOf({ ...event, changes: { title: { old: 'CTO', new: null } } })).toEqual([])
  })

  test('has companies that are names, identified or null', () => {
    expect(problemsOf({ ...event, changes: { company: { old: 5, new: { name: 'no id' } } } })).toEqual([
      'changes.company.old',
      'changes.company.new',
    ])
  })
})
