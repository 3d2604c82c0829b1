import { expect, test } from 'vitest'
import { showDeadLetter } from './show-dead-letter.ts'
import { useDeadLetters } from './test-kit/use-dead-letters.ts'

const deadLetters = useDeadLetters()

test('lists every dead letter, those that cannot be read too', async () => {
  const { bury, publish, list, dlq, source } = await deadLetters()
  await bury(['1', 'garbage'])
  await publish({ key: 'acme', value: Buffer.from('2') })
  const { letters, total, groups } = await list()
  expect(total).toBe(3)
  expect(
    letters.map(({ location, code, problem, value }) => ({ offset: location.offset, code, problem, value })),
  ).toEqual([
    { offset: 2, code: 'unreadable', problem: 'it has no dlq-* headers', value: 'decoded' },
    { offset: 1, code: 'broken', problem: null, value: 'unreadable' },
    { offset: 0, code: 'broken', problem: null, value: 'decoded' },
  ])
  expect(letters[1]).toMatchObject({
    valueProblem: 'it is not JSON',
    origin: { topic: source, partition: 0, offset: 2 },
  })
  expect(groups).toMatchObject([
    { topic: dlq, code: 'broken', count: 2, unreadable: 1, replayed: 0 },
    { topic: dlq, code: 'unreadable', count: 1, unreadable: 1, replayed: 0 },
  ])
})

test('lists those that the filters take', async () => {
  const { bury, list } = await deadLetters()
  await bury(['1'], { company: 'acme', code: 'a' })
  await bury(['2'], { company: 'beta', code: 'a' })
  await bury(['3'], { company: 'beta', code: 'b' })
  const offsets = async (filter: Parameters<typeof list>[0]) =>
    (await list(filter)).letters.map(({ location }) => location.offset).sort()
  expect(await offsets({ companies: ['beta'] })).toEqual([1, 2])
  expect(await offsets({ companies: ['beta'], reasons: ['b', 'c'] })).toEqual([2])
  const at = (await list()).letters.find(({ location }) => location.offset === 2)?.at ?? 0
  expect(await offsets({ since: new Date(at) })).toContain(2)
  expect(await offsets({ until: new Date(at) })).not.toContain(2)
  expect(await offsets({ since: new Date(at + 1) })).toEqual([])
})

test('shows one letter, and says where none stands', async () => {
  const { bury, kafka, collections, dlq } = await deadLetters()
  await bury(['{"name":"Kim"}', 'garbage'])
  const show = (offset: number) =>
    showDeadLetter({
      kafka,
      collections,
      location: { topic: dlq, partition: 0, offset },
      readValue: async (_, bytes) => ({ kind: 'unreadable', reason: `${bytes?.length} bytes` }),
    })
  const shown = await show(0)
  expect(shown).toMatchObject({ code: 'broken', message: 'because', value: { kind: 'unreadable', reason: '14 bytes' } })
  expect(shown.headers).toMatchObject({ ce_id: 'id-{"name":"Kim"}', 'dlq-code': 'broken' })
  await expect(show(2)).rejects.toMatchObject({ code: 'no_such_letter' })
  await expect(show(9)).rejects.toMatchObject({ code: 'no_such_letter' })
})
