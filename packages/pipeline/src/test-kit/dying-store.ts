import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { RunStore } from '../store/run-store.ts'

export interface DyingStore extends RunStore {
  /** Which calls were made, in order, such as `complete`. */
  readonly calls: readonly (keyof RunStore)[]
}

/**
 * A store as a process sees it that dies at its n-th call (1 for the first): that call takes effect or not, its answer never
 * comes, and nothing reaches the store any more.
 */
export function dyingStore(store: RunStore, n: number, takesEffect: boolean): DyingStore {
  const calls: (keyof RunStore)[] = []
  const guard =
    <Args extends unknown[], Result>(name: keyof RunStore, call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls.push(name)
      if (calls.length < n) return call(...args)
      if (calls.length === n && takesEffect) await call(...args)
      throw new AppError('the process is dead', { code: 'process_died', fate: 'permanent' })
    }
  return {
    calls,
    begin: guard('begin', store.begin),
    reopen: guard('reopen', store.reopen),
    claim: guard('claim', store.claim),
    complete: guard('complete', store.complete),
    release: guard('release', store.release),
    end: guard('end', store.end),
    restart: guard('restart', store.restart),
    read: guard('read', store.read),
  }
}
