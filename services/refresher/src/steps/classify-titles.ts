import { defineStep } from '@buyer-group/pipeline/step.ts'
import { withTodaysReading } from '@buyer-group/rules/membership/todays-reading.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Folded } from '../refresh-state.ts'
import { noEffect } from './step-key.ts'

interface ToClassify {
  readonly folded: Folded
}

/** The active positions with seniority and department by the tables of this version. Pure. */
export const classifyTitles = defineStep({
  name: 'classifyTitles',
  idempotencyKey: noEffect,
  retryable: true,
  execute: ({ folded: { folded } }: ToClassify): readonly PositionDoc[] => {
    const active: PositionDoc[] = []
    for (const position of folded.positions.values()) if (position.active) active.push(withTodaysReading(position))
    return active
  },
})
