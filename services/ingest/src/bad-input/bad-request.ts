import type { ProblemCode } from '../problems.ts'

/** What a request is answered with: its status, and the problem's code where Node leaves the answer to us. */
export type ExpectedAnswer = `${number}` | `${number} ${ProblemCode}`

/** One request that nobody should send, and what it comes to. */
export interface BadRequest {
  /** What is wrong with it. */
  readonly name: string
  /** Every answer on its connection, in order; none where the connection is closed without a word. */
  readonly answers: readonly ExpectedAnswer[]
  /**
   * Its bytes, or the pieces they are sent in. `canary` stands somewhere in them: a text that must come back in no
   * answer, log line or metric.
   */
  request(canary: string): Bytes | readonly Bytes[]
  /**
   * How the sender goes on after the last piece: it waits for its answers, closes its side (as one whose connection
   * broke off) or resets the connection.
   */
  readonly ending?: 'waits' | 'ends' | 'resets'
  /** The field that an `invalid_event` must name, as a path with dots. */
  readonly issue?: string
}

/** Text is sent as UTF-8. */
export type Bytes = string | Buffer

type Request = BadRequest['request']
type More = Pick<BadRequest, 'ending' | 'issue'>

/** One case a line. */
export function bad(
  name: string,
  answers: ExpectedAnswer | readonly ExpectedAnswer[],
  request: Request,
  more: More = {},
): BadRequest {
  return { name, answers: typeof answers === 'string' ? [answers] : answers, request, ...more }
}
