import { test } from 'vitest'
import { killRefresherAt } from './kill-refresher-at.ts'

test('a refresh whose process is killed after saving positions, the group, and after publishing stays one refresh', () =>
  killRefresherAt(['positions.write:after:kill', 'groups.replacePublished:after:kill', 'publisher.publish:after:kill']))
