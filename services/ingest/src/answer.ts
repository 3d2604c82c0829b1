export const JSON_TYPE = 'application/json; charset=utf-8'

/** RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json'

/** What a request is answered with, whatever server writes it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** The problem's code where it is one. */
  readonly reason?: string
}

/** A JSON answer that nobody may keep. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  }
}
