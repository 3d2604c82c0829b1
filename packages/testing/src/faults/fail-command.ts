import type { OwnMember } from './replica-set.ts'

/** What mongod does with the next commands that match (mongodb/specifications, "failCommand" of the transactions tests). */
export interface FailCommand {
  /** For example `['insert', 'update', 'findAndModify']`. */
  readonly failCommands: readonly string[]
  /** Only of clients with this name; a service's name is its client's. */
  readonly appName?: string
  /** The server's error code it answers with. */
  readonly errorCode?: number
  readonly writeConcernError?: { readonly code: number; readonly errmsg: string }
  /** Closes the connection instead of answering; the command is not run. */
  readonly closeConnection?: boolean
  /** Holds the command back for `blockTimeMS` first. */
  readonly blockConnection?: boolean
  readonly blockTimeMS?: number
}

/** Failures that were ordered and come one by one, with the commands that hit them. */
export interface OrderedFailures {
  /** Resolves once all have come. @throws when they have not within a minute. */
  readonly done: () => Promise<void>
}

/** Lets the next `times` matching commands fail, and no more. Replaces what was ordered before. */
export async function failCommand(member: OwnMember, times: number, data: FailCommand): Promise<OrderedFailures> {
  const { count } = await member.command({ configureFailPoint: 'failCommand', mode: { times }, data })
  return {
    done: async () => {
      await member.command({ waitForFailPoint: 'failCommand', timesEntered: count + times, maxTimeMS: 60_000 })
    },
  }
}
