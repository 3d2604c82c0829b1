import { z } from 'zod'
import { RETRY_LEVELS } from '../messages/topics.ts'
import { commaList, duration } from './fields.ts'

/** The variables of every service that consumes; each spreads them into its own schema. */
export const consumerConfig = {
  RETRY_DELAYS: commaList
    .pipe(z.array(duration).max(RETRY_LEVELS, `expected at most ${RETRY_LEVELS} durations`))
    .prefault('5s,1m,10m')
    .describe(
      'the longest wait before each further attempt at a message that failed, separated by commas, at most three; after the last it is dead-lettered.',
    ),
  SESSION_TIMEOUT: duration
    .prefault('10s')
    .refine((ms) => ms >= 1_000, 'expected at least 1s')
    .describe(
      'how long a consumer may be silent before the group gives its partitions to others; within the broker’s limits (6s to 30m by default).',
    ),
} as const
