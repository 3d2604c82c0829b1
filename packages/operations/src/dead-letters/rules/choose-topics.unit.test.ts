import { expect, test } from 'vitest'
import { chooseTopics, findDeadLetterTopics } from './choose-topics.ts'

const CHANGES = 'eu.buyer-group.person-changes.v1.detector.dlq'
const COMMANDS = 'eu.buyer-group.refresh-commands.high.v1.refresher.dlq'
const KNOWN = [CHANGES, COMMANDS]

test('the dead-letter topics are those of this deployment, also of topics that are gone', () => {
  const retired = 'eu.buyer-group.person-changes.v0.detector.dlq'
  const others = ['eu.buyer-group.person-changes.v1', 'buyer-group.person-changes.v1.detector.dlq', 'eu.other.dlq']
  expect(findDeadLetterTopics([COMMANDS, ...others, retired, CHANGES], 'eu.')).toEqual([retired, CHANGES, COMMANDS])
})

test('a name is a dead-letter topic or the topic of its letters, with or without the prefix', () => {
  expect(chooseTopics(KNOWN, undefined, 'eu.')).toEqual(KNOWN)
  for (const name of [
    CHANGES,
    'buyer-group.person-changes.v1.detector.dlq',
    'eu.buyer-group.person-changes.v1',
    'buyer-group.person-changes.v1',
  ]) {
    expect(chooseTopics(KNOWN, [name, CHANGES], 'eu.')).toEqual([CHANGES])
  }
})

test('a name that means no topic is refused with the names there are', () => {
  expect(() => chooseTopics(KNOWN, ['buyer-group.person'], 'eu.')).toThrow(`buyer-group.person; there are: ${CHANGES}`)
  expect(() => chooseTopics([], ['x'], '')).toThrow('npm run setup')
})
