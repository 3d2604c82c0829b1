import type { ProcessEvent } from './supervisor/process-spec.ts'

/** The sentence that tells a person what happened to a process, or undefined when it is not worth one. */
export function eventSentence(event: ProcessEvent): string | undefined {
  switch (event.type) {
    case 'started':
      return undefined
    case 'ready':
      return `${event.name}: ready${event.first ? '' : ' again'} after ${(event.afterMs / 1000).toFixed(1)} s (process ${event.pid})`
    case 'died': {
      const words = event.lastWords === '' ? '' : `; its last words: ${event.lastWords}`
      return `${event.name}: died (${event.how})${words}; starting it again in ${(event.restartInMs / 1000).toFixed(1)} s`
    }
    case 'failed':
      return undefined // whoever waits for it says so, with what to do
    case 'stopped':
      return event.killed ? `${event.name}: did not stop in time and was killed` : `${event.name}: stopped`
  }
}
