import type { OwnMember } from './replica-set.ts'

/** What mongod does with the next commands that match (mongodb/specifications, "failCommand" of the transactions tests). */
export interface FailCommand {
  /** For example `['insert', 'update', 'findAndModify']`. */
  readonly failCommands: readonly string[]
  /** Only of clients with this name; a service's name is its client's. */
  readonly appName?: string
  /** The server's error code it answers with. */
  readonly errorCode?: number
  readonly errorLabels?: readonly string[]
  readonly writeConcernError?: { readonly code: number; readonly errmsg: string }
  /** Closes the connection instead of answering; the command is not run. */
  readonly closeConnection?: boolean
  /** Holds the command back for `blockTimeMS` first. */
  readonly blockConnection?: boolean
  readonly blockTimeMS?: number
}

/** Lets the next `times` matching commands fail. */
export async function failCommand(member: OwnMember, times: number, data: FailCommand): Promise<void> {
  await member.command({ configureFailPoint: 'failCommand', mode: { times }, data })
}

/** Ends what `failCommand` began, and tells how often it took effect since mongod's start. */
export async function stopFailing(member: OwnMember): Promise<number> {
  const { count } = await member.command({ configureFailPoint: 'failCommand', mode: 'off' })
  return count
}
