import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { PeopleSource, SourcedCompany } from './people-source.ts'

/**
 * The same source for the last attempt at a refresh: what fails for its company alone gives nobody, and the refresh is
 * made of the local directory. A source that is away fails as ever: that is waited for.
 */
export function orNobody(
  source: PeopleSource,
  onFailure: (company: SourcedCompany, error: AppError) => void,
): PeopleSource {
  return {
    ...source,
    findPeople: async (company, options) => {
      try {
        return await source.findPeople(company, options)
      } catch (error) {
        const isOwn = error instanceof AppError && (error.fate === 'retryable' || error.fate === 'permanent')
        if (!isOwn || options.signal.aborted) throw error
        onFailure(company, error)
        return []
      }
    },
  }
}
