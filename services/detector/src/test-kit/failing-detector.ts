import type { Detector } from '../detector.ts'

/** Every effect of a batch of changes, in order: the points at which a process can die. */
export const EFFECTS = [
  'events.insert',
  'windows.claimOrMark',
  'logs.insert',
  'publisher.publish',
  'windows.clearOutboxes',
  'events.decide',
] as const

/** Every effect of a manual refresh, in order. */
export const REQUEST_EFFECTS = [
  'windows.claimIfUnchanged',
  'logs.insert',
  'publisher.publish',
  'windows.clearOutboxes',
] as const

export type Effect = (typeof EFFECTS)[number] | (typeof REQUEST_EFFECTS)[number]

type Port = Record<string, (...args: never[]) => Promise<unknown>>

/** The same detector, dying before or after one effect: that call throws, whether or not the effect took place. */
export function dyingAt<D extends Detector>(detector: D, effect: Effect, when: 'before' | 'after'): D {
  const [owner = '', method = ''] = effect.split('.')
  const dying = <P extends object>(port: P, name: string): P => {
    if (name !== owner) return port
    const call = (port as unknown as Port)[method]
    const die = async (...args: never[]) => {
      if (when === 'after') await call?.(...args)
      throw new Error(`died ${when} ${effect}`)
    }
    return { ...port, [method]: die }
  }
  const { events, windows, logs, groups } = detector.stores
  return {
    ...detector,
    publisher: dying(detector.publisher, 'publisher'),
    stores: { events: dying(events, 'events'), windows: dying(windows, 'windows'), logs: dying(logs, 'logs'), groups },
  }
}
