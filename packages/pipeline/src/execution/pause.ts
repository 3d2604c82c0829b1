import type { Clock } from '../clock.ts'
import type { Cancellation } from './cancellation.ts'

/** Waits so many milliseconds; ends early, and then throws the reason, where nothing new may begin any more. */
export function pause(clock: Clock, ms: number, cancellation: Cancellation): Promise<void> {
  return new Promise((resolve, reject) => {
    let takeBack = () => {}
    const stopTimer = clock.after(ms, () => {
      takeBack()
      resolve()
    })
    takeBack = cancellation.onStop(() => {
      stopTimer()
      reject(cancellation.reason)
    })
  })
}
