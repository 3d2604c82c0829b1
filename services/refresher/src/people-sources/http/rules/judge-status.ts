/**
 * What an answer's status means:
 * - `page`: it holds a page; `none`: there is no such company (or page);
 * - `redirect`: it is elsewhere;
 * - `throttled`: too many requests for now; `failed`: the provider cannot answer;
 * - `unauthorized`: the token is wrong; `forbidden`: it does not (or no longer) buy this;
 * - `rejected`: the provider does not take this request.
 */
export type StatusMeaning =
  | 'page'
  | 'none'
  | 'redirect'
  | 'throttled'
  | 'failed'
  | 'unauthorized'
  | 'forbidden'
  | 'rejected'

export function judgeStatus(status: number): StatusMeaning {
  switch (status) {
    case 200:
      return 'page'
    case 204:
    case 404:
    case 410:
      return 'none'
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return 'redirect'
    case 401:
      return 'unauthorized'
    case 402:
    case 403:
      return 'forbidden'
    case 408:
    case 425:
      return 'failed'
    case 429:
      return 'throttled'
    default:
      return status >= 500 ? 'failed' : 'rejected'
  }
}
