/**
 * What an answer's status means:
 * - `page`: it holds a page; `none`: there is no such company (or page);
 * - `redirect`: it is elsewhere;
 * - `throttled`: too many requests for now; `away`: the provider cannot answer;
 * - `unauthorized`: the token is wrong, or does not (or no longer) buy this;
 * - `rejected`: the provider does not take this request.
 */
export type StatusMeaning = 'page' | 'none' | 'redirect' | 'throttled' | 'away' | 'unauthorized' | 'rejected'

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
    case 402:
    case 403:
    case 407:
      return 'unauthorized'
    case 408:
    case 425:
      return 'away'
    case 429:
      return 'throttled'
    default:
      return status >= 500 ? 'away' : 'rejected'
  }
}
