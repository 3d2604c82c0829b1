import { duration, integer } from '@buyer-group/shared/config/fields.ts'
import { z } from 'zod'
import { findUrlProblem } from './http/rules/find-url-problem.ts'

const moreThanNothing = duration.refine((ms) => ms > 0, 'expected more than nothing')

/** The variables of the people source; the refresher spreads them into its own schema. */
export const peopleSourceConfig = {
  PEOPLE_SOURCE: z
    .enum(['directory', 'http'])
    .default('directory')
    .describe(
      'where the people of a company come from: the local directory alone, or a provider’s HTTP API besides (docs/people-sources.md).',
    ),
  PEOPLE_SOURCE_URL: z
    .string()
    .superRefine((text, context) => {
      const message = findUrlProblem(text)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .optional()
    .describe('the base URL of the people provider, https:// or on loopback; no other origin is ever asked.'),
  PEOPLE_SOURCE_TOKEN: z
    .string()
    .regex(/^[!-~]+$/, 'expected visible ASCII characters')
    .optional()
    .describe('the token that is sent to the people provider; PEOPLE_SOURCE_TOKEN_FILE names a file with it instead.'),
  PEOPLE_SOURCE_TOKEN_FILE: z
    .string()
    .optional()
    .describe('the file that holds the token of the people provider; read once, at the start.'),
  PEOPLE_SOURCE_MAPPING: z
    .string()
    .optional()
    .describe(
      'the file that says how to ask the people provider and how to read its answers; read once, at the start.',
    ),
  PEOPLE_SOURCE_TIMEOUT: moreThanNothing
    .prefault('10s')
    .describe('how long one request to the people provider may take, its whole answer included.'),
  PEOPLE_SOURCE_DEADLINE: moreThanNothing
    .prefault('20s')
    .describe(
      'how long the people of one company may take, with all pages, waits and repeats; less than SHUTDOWN_TIMEOUT, so that a drain waits for them.',
    ),
  PEOPLE_SOURCE_RATE: integer(1, 100_000)
    .prefault('10')
    .describe('how many requests a second one process sends to the people provider at most, evenly spread.'),
  PEOPLE_SOURCE_CONCURRENCY: integer(1, 1_000)
    .prefault('8')
    .describe('how many requests to the people provider one process has under way at once.'),
  PEOPLE_SOURCE_MAX_BYTES: integer(1_024, 268_435_456)
    .prefault('8388608')
    .describe('the most bytes that one answer of the people provider may have, after decompression.'),
  PEOPLE_SOURCE_MAX_PAGES: integer(1, 10_000)
    .prefault('50')
    .describe('the most pages that one company may have at the people provider.'),
  PEOPLE_SOURCE_MAX_PEOPLE: integer(1, 10_000)
    .prefault('5000')
    .describe(
      'the most people that one company may have at the people provider; they must fit into 4 MiB of JSON besides.',
    ),
} as const

const peopleSourceSchema = z.object(peopleSourceConfig)

export type PeopleSourceConfig = z.output<typeof peopleSourceSchema>

/** As much of a service's configuration as the people source is held against. */
interface CheckedConfig extends PeopleSourceConfig {
  readonly SHUTDOWN_TIMEOUT: number
}

/** What only the variables together can get wrong; each problem under the variable that is to be changed. */
export function checkPeopleSource(config: CheckedConfig, context: z.core.$RefinementCtx): void {
  const refuse = (name: keyof PeopleSourceConfig, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message, input: config[name] })
  if (config.PEOPLE_SOURCE === 'http') {
    if (config.PEOPLE_SOURCE_URL === undefined) refuse('PEOPLE_SOURCE_URL', 'PEOPLE_SOURCE=http needs it')
    if (config.PEOPLE_SOURCE_MAPPING === undefined) refuse('PEOPLE_SOURCE_MAPPING', 'PEOPLE_SOURCE=http needs it')
    // A request that hangs must be told from a company that takes long.
    if (config.PEOPLE_SOURCE_DEADLINE <= config.PEOPLE_SOURCE_TIMEOUT) {
      refuse('PEOPLE_SOURCE_DEADLINE', 'expected more than PEOPLE_SOURCE_TIMEOUT')
    }
    if (config.PEOPLE_SOURCE_DEADLINE >= config.SHUTDOWN_TIMEOUT) {
      refuse('PEOPLE_SOURCE_DEADLINE', 'expected less than SHUTDOWN_TIMEOUT, or a drain would cut calls off')
    }
  }
  if (config.PEOPLE_SOURCE_TOKEN !== undefined && config.PEOPLE_SOURCE_TOKEN_FILE !== undefined) {
    refuse('PEOPLE_SOURCE_TOKEN_FILE', 'PEOPLE_SOURCE_TOKEN is set too, only one of them can count')
  }
}
