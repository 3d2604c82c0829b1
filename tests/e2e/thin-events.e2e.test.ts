import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signedHeaders } from '@buyer-group/testing/events/signed-request.ts'
import { createDeployment, TEST_SECRET } from '@buyer-group/testing/processes/deployment.ts'
import { expect, onTestFinished, test } from 'vitest'

const soon = { timeout: 60_000, interval: 50 }

/** One change of a property of a contact, as HubSpot sends it. */
const changed = (eventId: number, propertyName: string, propertyValue: string) => ({
  eventId,
  objectId: 51,
  occurredAt: Date.now(),
  subscriptionType: 'contact.propertyChange',
  attemptNumber: 0,
  propertyName,
  propertyValue,
})

test('a title without a company reaches the group of the company where its person stands', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sources-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const file = join(directory, 'sources.json')
  const source = { name: 'crm', adapter: 'hubspot', companyIdPrefix: 'hs:', secrets: [{ env: 'WEBHOOK_SECRET' }] }
  await writeFile(file, JSON.stringify({ sources: [source] }))
  const deployment = await createDeployment(onTestFinished, { REFRESH_WINDOW: '1s', SOURCES_FILE: file })
  await Promise.all([deployment.start('ingest'), deployment.start('detector'), deployment.start('refresher')])

  const post = async (value: unknown) => {
    const body = JSON.stringify(value)
    const headers = signedHeaders(body, TEST_SECRET)
    const response = await fetch(`${deployment.ingestUrl}/api/webhooks/crm`, { method: 'POST', headers, body })
    expect(response.status).toBe(202)
  }
  const titles = async () => {
    const group = await deployment.collections.buyerGroups.findOne({ companyId: 'hs:8217' })
    return group?.members.map(({ title }) => title)
  }

  await post([changed(1, 'associatedcompanyid', '8217')])
  await expect.poll(titles, soon).toEqual([''])
  await post([changed(2, 'jobtitle', 'VP Sales'), changed(3, 'company', 'Beta Ltd')])
  await expect.poll(titles, soon).toEqual(['VP Sales'])

  const companies = async () => {
    const events = await deployment.collections.webhookEvents.find({ source: 'crm' }).toArray()
    return events.map(({ companyId }) => companyId)
  }
  await expect.poll(companies, soon).toEqual(['hs:8217', 'hs:8217', 'hs:8217'])
})
