import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { expect, test } from 'vitest'
import { gatherPublishing } from './gathered-publisher.ts'

const message = (key: string, text: string): OutgoingMessage => ({
  topic: 't',
  key,
  value: Buffer.from(text),
  headers: {},
})

function publisherThatRefuses(text: string) {
  const calls: string[][] = []
  const publish = async (messages: readonly OutgoingMessage[]) => {
    const texts = messages.map(({ value }) => String(value))
    calls.push(texts)
    if (texts.includes(text)) throw new AppError('too large', { code: 'message_too_large', fate: 'permanent' })
  }
  return { calls, ...gatherPublishing({ publish }) }
}

test('messages handed in together go in one request, those of one caller in their order', async () => {
  const { calls, publish } = publisherThatRefuses('')
  await Promise.all([publish([message('a', 'a1'), message('a', 'a2')]), publish([message('b', 'b1')])])
  expect(calls).toEqual([['a1', 'a2', 'b1']])
})

test('a message that the broker refuses fails its own caller alone', async () => {
  const { publish } = publisherThatRefuses('b1')
  const settled = await Promise.allSettled(['a1', 'b1', 'c1'].map((text) => publish([message('k', text)])))
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})
