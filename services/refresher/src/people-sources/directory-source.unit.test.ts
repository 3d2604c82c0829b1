import { positionOf } from '@buyer-group/rules/folding/merge-positions.ts'
import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'
import { createMemoryDatabase, placeKey } from '@buyer-group/testing/memory/memory-database.ts'
import { describe, expect, test, vi } from 'vitest'
import { personIdOf } from '../directory/person-id.ts'
import { createMemoryStores } from '../test-kit/memory-stores.ts'
import { createDirectorySource } from './directory-source.ts'
import { describePeopleSource, sourcedPerson } from './test-kit/people-source-contract.ts'

const openDirectory = async () => {
  const database = createMemoryDatabase(() => new Date('2026-01-15T00:00:00Z'))
  const stores = createMemoryStores(database)
  const put = async (companyId: string, people: readonly SourcedPerson[]) => {
    for (const { sourceId, name, email, title, department, active, updatedAt } of people) {
      const personId = personIdOf(sourceId)
      const changed = { changedAt: new Date(updatedAt ?? 0), changedBy: `crm:evt-${sourceId}` }
      const person = { personId, sourceIds: [sourceId], name, ...(email === null ? {} : { email }), ...changed }
      database.people.set(personId, person)
      const position = positionOf({ companyId, personId, active, title, department, ...changed })
      database.positions.set(placeKey(position), position)
    }
  }
  return { database, stores, source: createDirectorySource(stores), put }
}

describePeopleSource('the local directory', openDirectory)

describe('the local directory', () => {
  const options = () => ({ signal: new AbortController().signal, idempotencyKey: 'key' })
  const ACME = { companyId: 'acme', companyName: null }

  test('leaves out who has left and whom it holds no person of', async () => {
    const { database, source, put } = await openDirectory()
    await put('acme', [sourcedPerson('1'), sourcedPerson('2', { active: false }), sourcedPerson('3')])
    database.people.delete(personIdOf('crm:3'))
    expect(await source.findPeople(ACME, options())).toEqual([sourcedPerson('1')])
  })

  test('does not name a department that was only read from the title', async () => {
    const { source, put } = await openDirectory()
    await put('acme', [sourcedPerson('1', { department: null })])
    expect(await source.findPeople(ACME, options())).toMatchObject([{ department: null }])
  })

  test('asks for nobody where nobody is', async () => {
    const { stores, source } = await openDirectory()
    const find = vi.spyOn(stores.people, 'find')
    expect(await source.findPeople(ACME, options())).toEqual([])
    expect(find).not.toHaveBeenCalled()
  })
})
