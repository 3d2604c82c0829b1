import { readPersonChange } from '@buyer-group/detector/read-person-change.ts'
import { toChangeItem, type Whereabouts } from '@buyer-group/detector/rules/change-item.ts'
import { toEventDoc } from '@buyer-group/detector/rules/to-event-doc.ts'
import type { Adapter } from '@buyer-group/ingest/adapters/adapter.ts'
import { coresignalAdapter } from '@buyer-group/ingest/adapters/coresignal.ts'
import { crustdataAdapter } from '@buyer-group/ingest/adapters/crustdata.ts'
import { hubspotAdapter } from '@buyer-group/ingest/adapters/hubspot.ts'
import { lushaAdapter } from '@buyer-group/ingest/adapters/lusha.ts'
import { peopleDataLabsAdapter } from '@buyer-group/ingest/adapters/people-data-labs.ts'
import { toPersonChange } from '@buyer-group/ingest/rules/to-person-change.ts'
import { eventsOf, RECEIVED_AT, readFixture } from '@buyer-group/ingest/test-kit/deliveries.ts'
import { foldChanges } from '@buyer-group/rules/folding/fold-changes.ts'
import { sourceIdOf, toPositionChanges } from '@buyer-group/rules/folding/waiting-change.ts'
import { compilePolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import { significancePolicySchema } from '@buyer-group/rules/significance/significance-policy.ts'
import { reportedEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { expect, test } from 'vitest'

const policy = { value: compilePolicy(significancePolicySchema.parse({})), version: 'v1' }

/** Somebody as the directory knows them, since long before. */
const knownAt = (companyId: string, personId: string): PositionDoc => ({
  companyId,
  personId,
  title: 'VP Sales',
  seniority: 'vp',
  department: 'sales',
  active: true,
  changedAt: new Date(1_000),
  changedBy: 'import',
})

/** The way of a delivery from what its format makes of it to the positions of one company, in the rules alone. */
function refresh(adapter: Adapter, fixture: string, companyId: string, stored: readonly PositionDoc[]) {
  const whereabouts: Whereabouts = new Map(stored.map(({ personId }) => [personId, [companyId]]))
  const docs = eventsOf(adapter, readFixture(fixture)).map((event) => {
    const { bodySha256 } = event
    const payload = JSON.stringify(event)
    const change = toPersonChange({ event, payload, bodySha256, companyIdPrefix: '', receivedAt: RECEIVED_AT })
    return toEventDoc(toChangeItem(0, readPersonChange(change), policy, whereabouts), RECEIVED_AT)
  })
  const waiting = docs.filter(({ waitingFor }) => waitingFor.includes(companyId))
  const changes = waiting.flatMap((doc) => {
    const event = reportedEventSchema.parse(doc.payload)
    return toPositionChanges({ ...doc, event }, companyId, sourceIdOf(event))
  })
  const positions = [...foldChanges(stored, changes).positions.values()]
  return {
    waiting: waiting.length,
    positions: positions.map(({ personId, title, active }) => ({ personId, title, active })),
  }
}

test.each<[string, Adapter, string, string, readonly string[], object]>([
  [
    'a promotion by Lusha gives the title',
    lushaAdapter,
    'lusha-promotion',
    '40823133',
    ['provider:7000000001'],
    { waiting: 1, positions: [{ personId: 'provider:7000000001', title: 'Chief Financial Officer', active: true }] },
  ],
  [
    'a company change by Lusha places a stranger at the new company',
    lushaAdapter,
    'lusha-company-change',
    '8217',
    [],
    { waiting: 1, positions: [{ personId: 'provider:7000000001', title: 'Chief Executive Officer', active: true }] },
  ],
  [
    'a notification of Coresignal has the company refreshed, and leaves the rest to the people source',
    coresignalAdapter,
    'coresignal-experience',
    'acme',
    ['provider:125'],
    { waiting: 1, positions: [{ personId: 'provider:125', title: 'VP Sales', active: true }] },
  ],
  [
    'so does an id of People Data Labs, and of a stranger it does nothing',
    peopleDataLabsAdapter,
    'people-data-labs',
    'acme',
    ['provider:aaaaAAAA-invented-0001_0000'],
    { waiting: 1, positions: [{ personId: 'provider:aaaaAAAA-invented-0001_0000', title: 'VP Sales', active: true }] },
  ],
  [
    'a job title in HubSpot is the title where the contact stands',
    hubspotAdapter,
    'hubspot',
    'acme',
    ['provider:51', 'provider:54'],
    {
      waiting: 1,
      positions: [
        { personId: 'provider:51', title: 'Chief Sales Officer', active: true },
        { personId: 'provider:54', title: 'VP Sales', active: true },
      ],
    },
  ],
  [
    'a company that is associated in HubSpot is one where the contact stands',
    hubspotAdapter,
    'hubspot',
    '8217',
    [],
    { waiting: 1, positions: [{ personId: 'provider:52', title: '', active: true }] },
  ],
  [
    'a position that began by Crustdata is one at its company',
    crustdataAdapter,
    'crustdata',
    '8217',
    [],
    { waiting: 1, positions: [{ personId: 'provider:101', title: 'Chief Revenue Officer', active: true }] },
  ],
])('%s', (_what, adapter, fixture, companyId, known, expected) => {
  const stored = known.map((personId) => knownAt(companyId, personId))
  expect(refresh(adapter, fixture, companyId, stored)).toEqual(expected)
})
