import type { ADAPTERS } from '../../adapters/adapters.ts'
import coresignal from '../../adapters/fixtures/coresignal-employee.json' with { type: 'json' }
import crustdata from '../../adapters/fixtures/crustdata.json' with { type: 'json' }
import hubspot from '../../adapters/fixtures/hubspot.json' with { type: 'json' }
import lusha from '../../adapters/fixtures/lusha-promotion.json' with { type: 'json' }
import peopleDataLabs from '../../adapters/fixtures/people-data-labs.json' with { type: 'json' }

/** A delivery of each format that is not the native one, with invented people: those that the formats' tests read. */
const EXAMPLES: Readonly<Record<Exclude<keyof typeof ADAPTERS, 'native'>, unknown>> = {
  lusha,
  coresignal,
  hubspot,
  'people-data-labs': peopleDataLabs,
  crustdata,
}

/** A delivery in the format of this name. */
export function exampleOfFormat(name: string): unknown {
  return (EXAMPLES as Readonly<Record<string, unknown>>)[name]
}
