import type { Kafka } from 'kafkajs'

interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  findGroupCoordinator(group: { readonly groupId: string }): Promise<Coordinator>
}

interface Coordinator {
  describeGroups(groups: { readonly groupIds: readonly string[] }): Promise<{
    readonly groups: readonly { readonly members: readonly { readonly memberId: string }[] }[]
  }>
  leaveGroup(member: { readonly groupId: string; readonly memberId: string }): Promise<unknown>
}

/**
 * Takes every member out of a consumer group, as each would itself if it could. For tests that kill the only consumer
 * over and over: its successor need not wait until the broker misses the dead one (the session's time-out, 10 s).
 * kafkajs's own consumer leaves in this way, but only for itself; what is beneath it has no types.
 */
export async function evictMembers(kafka: Kafka, groupId: string): Promise<void> {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  )
  const create =
    symbol === undefined ? undefined : (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol]
  if (create === undefined) throw new Error('this version of kafkajs keeps its cluster elsewhere')
  const cluster = create({ allowAutoTopicCreation: false })
  await cluster.connect()
  try {
    const coordinator = await cluster.findGroupCoordinator({ groupId })
    const { groups } = await coordinator.describeGroups({ groupIds: [groupId] })
    for (const { memberId } of groups.flatMap(({ members }) => members)) {
      await coordinator.leaveGroup({ groupId, memberId })
    }
  } finally {
    await cluster.disconnect()
  }
}
