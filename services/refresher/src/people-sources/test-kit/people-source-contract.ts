import { type SourcedPerson, sourcedPersonSchema } from '@buyer-group/rules/folding/sourced-person.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import type { PeopleSource } from '../people-source.ts'

/** A source and the world behind it. */
export interface PeopleSourceWorld {
  readonly source: PeopleSource
  /** Lets the source know these people at the company, beside those that it knows already. */
  put(companyId: string, people: readonly SourcedPerson[]): Promise<void>
}

/** A row that every source can hold: active and with a time; its department is one of the directory's own names. */
export const sourcedPerson = (id: string, more: Partial<SourcedPerson> = {}): SourcedPerson => ({
  sourceId: `crm:${id}`,
  name: `Person ${id}`,
  email: `person.${id}@example.com`,
  title: 'Chief Financial Officer',
  department: 'finance',
  active: true,
  updatedAt: '2026-01-10T08:00:00.000Z',
  ...more,
})

/** What every adapter of the people source keeps to. `open` gives one that knows nobody. */
export function describePeopleSource(adapter: string, open: () => Promise<PeopleSourceWorld>): void {
  describe(`people from ${adapter}`, () => {
    let world: PeopleSourceWorld
    beforeEach(async () => {
      world = await open()
    })

    const find = (companyId: string, signal = new AbortController().signal) =>
      world.source.findPeople({ companyId, companyName: 'Acme' }, { signal, idempotencyKey: `key-${companyId}` })

    test('come with everything that the source knows of them', async () => {
      const bare = sourcedPerson('2', { email: null, title: null, department: null })
      await world.put('acme', [sourcedPerson('1'), bare])
      expect(await find('acme')).toEqual([sourcedPerson('1'), bare])
    })

    test('are none at a company that the source does not know', async () => {
      await world.put('acme', [sourcedPerson('1')])
      expect(await find('globex')).toEqual([])
    })

    test('come by source id, each once, whatever order they are held in', async () => {
      const people = ['b', 'a', '10', '9', 'Ä', 'B'].map((id) => sourcedPerson(id, { email: null }))
      await world.put('acme', people)
      const first = await find('acme')
      expect(first).toEqual(people.toSorted((left, right) => (left.sourceId < right.sourceId ? -1 : 1)))
      expect(await find('acme')).toEqual(first)
    })

    test('are plain JSON that the schema of rows takes', async () => {
      await world.put('acme', [sourcedPerson('1'), sourcedPerson('2', { name: 'Zoë 🦊 "quoted" \\ <b>', title: null })])
      const found = await find('acme')
      expect(JSON.parse(JSON.stringify(found))).toStrictEqual(found)
      expect(sourcedPersonSchema.array().parse(found)).toStrictEqual(found)
    })

    test('are those of the company asked for, however odd its id', async () => {
      const ids = ['a/b', 'a?b=1', 'a#b', 'a%2Fb', 'a b', 'ä🦊', 'a', 'A', '{companyName}']
      for (const [index, companyId] of ids.entries()) await world.put(companyId, [sourcedPerson(String(index))])
      const found = await Promise.all(ids.map((companyId) => find(companyId)))
      expect(found.map((people) => people.map(({ sourceId }) => sourceId))).toEqual(
        ids.map((_, index) => [`crm:${index}`]),
      )
    })

    test('more than a page holds come whole', async () => {
      const people = Array.from({ length: 250 }, (_, index) => sourcedPerson(String(1_000 + index)))
      await world.put('acme', people)
      expect(await find('acme')).toEqual(people)
    })

    test('are not looked for once the call was ended, which is what it says', async () => {
      await world.put('acme', [sourcedPerson('1')])
      const reason = new Error('ended by the caller')
      await expect(find('acme', AbortSignal.abort(reason))).rejects.toBe(reason)
    })
  })
}
