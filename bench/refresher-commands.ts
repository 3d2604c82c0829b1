import type { Encode } from '@buyer-group/shared/avro/encoder.ts'
import type { Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import { ceHeaders } from '@buyer-group/shared/messages/ce-headers.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import { companyIdOf } from './refresher-seed.ts'

/** Commands of one wave: one a company. */
export async function produceCommands(
  publisher: Publisher,
  encode: Encode<RefreshCommand>,
  { topic, wave, companies }: { readonly topic: string; readonly wave: number; readonly companies: number },
): Promise<void> {
  const requestedAt = Date.now()
  await publisher.publish(
    Array.from({ length: companies }, (_, company) => {
      const command = toCommand(wave, company, requestedAt)
      const id = command.commandId
      const type = 'buyer-group.refresh-command.v1'
      const headers = ceHeaders({ id, source: '/buyer-group/detector', type, time: requestedAt })
      return { topic, key: command.companyId, value: encode(command), headers }
    }),
  )
}

function toCommand(wave: number, company: number, requestedAt: number): RefreshCommand {
  const sequence = requestedAt + wave
  return {
    commandId: `${companyIdOf(company)}:${sequence}`,
    companyId: companyIdOf(company),
    companyName: `Example Company ${company}`,
    workspaceId: 'default',
    reason: 'webhook',
    priority: 'normal',
    changeTypes: ['person.role_change'],
    triggeredBy: [`test:person-${company}`],
    triggeredByCount: 1,
    sequence,
    requestedAt,
  }
}
