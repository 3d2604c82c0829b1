import { z } from 'zod'
import type { ZodOpenApiOperationObject } from 'zod-openapi'
import type { Source } from '../../sources/sources.ts'
import { EXAMPLE_SECRET } from './describe-scheme.ts'
import { problemResponses } from './problem-responses.ts'

/** What a provider asks with before it sends anything, by the name of its scheme. */
const QUESTIONS: Readonly<Record<string, { readonly parameter: string; readonly example: string }>> = {
  linkedin: { parameter: 'challengeCode', example: '890e4665-4dfe-4ab1-b689-ed553bceeed0' },
  lusha: { parameter: 'challenge', example: '3f8a1c' },
}

/** The GET by which the provider of a source asks whether the address is ours; undefined where its scheme has none. */
export function describeChallenge({ name, scheme }: Source): ZodOpenApiOperationObject | undefined {
  const question = QUESTIONS[scheme.name]
  if (scheme.answerChallenge === undefined || question === undefined) return undefined
  const target = `/api/webhooks/${name}?${question.parameter}=${question.example}`
  return {
    operationId: `answerChallengeOf_${name.replaceAll(/\W/g, '_')}`,
    tags: ['Webhooks'],
    summary: `Answers the question by which ${name} finds out whether this address is ours`,
    parameters: [
      {
        in: 'query',
        name: question.parameter,
        required: true,
        description: 'Chosen by the provider.',
        schema: { type: 'string' },
        example: question.example,
      },
    ],
    responses: {
      200: {
        description: 'The answer.',
        content: {
          'application/json': {
            schema: z.record(z.string(), z.string()),
            example: scheme.answerChallenge(target, [{ key: scheme.toKey(EXAMPLE_SECRET) }]),
          },
        },
      },
      ...problemResponses(['invalid_request'], { invalid_request: 'This is not the question that the provider asks.' }),
    },
  }
}
