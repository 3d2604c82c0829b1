import { z } from 'zod'
import { nativeScheme } from './native.ts'
import type { Scheme } from './scheme.ts'

/** A scheme as `sources.json` names it, with the options of its kind. */
export const schemeConfigSchema = z.discriminatedUnion('type', [z.strictObject({ type: z.literal('native') })])

export type SchemeConfig = z.output<typeof schemeConfigSchema>

/** The scheme of a configuration. */
export function createScheme(config: SchemeConfig): Scheme {
  switch (config.type) {
    case 'native':
      return nativeScheme
  }
}
