import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { PeopleSourceMetrics } from './metrics.ts'
import type { PageRequester } from './request-page.ts'

/** The same requester with every request counted and timed. */
export function measureRequests(
  requester: PageRequester,
  { requests, duration }: Pick<PeopleSourceMetrics, 'requests' | 'duration'>,
): PageRequester {
  return {
    ...requester,
    request: async (page) => {
      const end = duration.startTimer()
      try {
        const answer = await requester.request(page)
        requests.inc({ outcome: answer.kind })
        return answer
      } catch (error) {
        requests.inc({ outcome: page.signal.aborted ? 'aborted' : classifyError(error).code })
        throw error
      } finally {
        end()
      }
    },
  }
}
