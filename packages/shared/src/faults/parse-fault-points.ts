import { ConfigError } from '../config/read-config.ts'

/** A moment in the life of a process at which it ends or stops itself: around the nth call of a port's method. */
export interface FaultPoint {
  readonly port: string
  readonly method: string
  readonly when: 'before' | 'after'
  /** `kill` is SIGKILL, `stop` is SIGSTOP. */
  readonly effect: 'kill' | 'stop'
  /** Counted over the process's life, from 1. */
  readonly nth: number
}

const FORM = /^(?<port>\w+)\.(?<method>\w+):(?<when>before|after):(?<effect>kill|stop)(?:@(?<nth>[1-9]\d*))?$/

/**
 * Reads points such as `publisher.publish:after:kill@3`, separated by commas; without `@` the first call is meant.
 * @throws ConfigError naming the first that is not of this form.
 */
export function parseFaultPoints(text: string): readonly FaultPoint[] {
  return text.split(',').map((word) => {
    const groups = FORM.exec(word.trim())?.groups
    if (groups === undefined) {
      throw new ConfigError(
        `FAULT_POINTS is not valid: "${word.trim()}" is not of the form port.method:before|after:kill|stop@nth.`,
      )
    }
    const { port = '', method = '', when, effect, nth = '1' } = groups
    return {
      port,
      method,
      when: when === 'before' ? 'before' : 'after',
      effect: effect === 'kill' ? 'kill' : 'stop',
      nth: Number(nth),
    }
  })
}
