import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createSources, type SourceDefinition } from './sources.ts'
import { watchSecretEnds } from './watch-secret-ends.ts'

const source = (name: string, ...ends: (number | undefined)[]): SourceDefinition => ({
  name,
  companyIdPrefix: '',
  ownSecrets: ends.map((notAfter, index) => ({
    text: `secret-${index}-of-${name}`,
    ...(notAfter === undefined ? {} : { notAfter }),
  })),
})

test('a source is reported with the end of its last secret, as the sources are now', async () => {
  const registry = new Registry()
  let sources = createSources([source('ends', 60_000, 90_500, 30_000), source('goes-on', 60_000, undefined)], [])
  watchSecretEnds(registry, () => sources)
  const samples = async () =>
    (await registry.getMetricsAsJSON()).flatMap(({ values }) =>
      values.map(({ labels, value }) => ({ ...labels, value })),
    )
  expect(await samples()).toEqual([{ source: 'ends', value: 90.5 }])

  sources = createSources([source('ends', undefined), source('other', 1_000)], [])
  expect(await samples()).toEqual([{ source: 'other', value: 1 }])
})

test('a source that the common secrets serve has no end', async () => {
  const registry = new Registry()
  const sources = createSources([{ name: 'test', ownSecrets: [], companyIdPrefix: '' }], ['the-common-secret'])
  watchSecretEnds(registry, () => sources)
  expect((await registry.getMetricsAsJSON()).flatMap(({ values }) => values)).toEqual([])
})
