import { sourceIdOf } from '@buyer-group/rules/folding/waiting-change.ts'
import type { Detector } from './detector.ts'
import type { Whereabouts } from './rules/change-item.ts'
import type { DetectorMessage } from './rules/detector-message.ts'

/**
 * Where the people stand whose events name no company, by the directory as it is now. Asks nothing for a batch in which
 * every event names one. An event that is recorded already keeps the companies that it was recorded with.
 */
export async function locatePeople(
  { stores }: Pick<Detector, 'stores'>,
  messages: readonly DetectorMessage[],
): Promise<Whereabouts> {
  const sourceIds = messages.flatMap((message) =>
    message.kind === 'change' && message.event.company === null ? [sourceIdOf(message.event)] : [],
  )
  return sourceIds.length === 0 ? NOWHERE : stores.directory.findCompanies([...new Set(sourceIds)])
}

const NOWHERE: Whereabouts = new Map()
