import { test } from 'vitest'
import { killRefresherAt } from './kill-refresher-at.ts'

/** In the order of a refresh's flow, so that every process gets as far as its own point. */
const POINTS = [
  'operations.begin:after:kill',
  'people.save:after:kill',
  'positions.write:after:kill',
  'groups.replacePublished:before:kill',
  'groups.replacePublished:after:kill',
  'publisher.publish:before:kill',
  'publisher.publish:after:kill',
  'groups.markPublished:after:kill',
  'events.release:after:kill',
  'logs.end:after:kill',
  'operations.end:after:kill',
]

test('a refresh whose process is killed after each of its steps in turn stays one refresh with one difference', () =>
  killRefresherAt(POINTS))
