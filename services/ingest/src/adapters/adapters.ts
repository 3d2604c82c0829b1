import { z } from 'zod'
import type { Adapter } from './adapter.ts'
import { coresignalAdapter } from './coresignal.ts'
import { crustdataAdapter } from './crustdata.ts'
import { hubspotAdapter } from './hubspot.ts'
import { lushaAdapter } from './lusha.ts'
import { nativeAdapter } from './native.ts'
import { peopleDataLabsAdapter } from './people-data-labs.ts'

/** Every format that is understood, by the name that `sources.json` calls it. */
export const ADAPTERS = {
  native: nativeAdapter,
  lusha: lushaAdapter,
  coresignal: coresignalAdapter,
  hubspot: hubspotAdapter,
  'people-data-labs': peopleDataLabsAdapter,
  crustdata: crustdataAdapter,
} as const satisfies Record<string, Adapter>

export const adapterNameSchema = z.enum(Object.keys(ADAPTERS) as [keyof typeof ADAPTERS])
