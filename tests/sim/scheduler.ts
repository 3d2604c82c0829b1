import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { type Around, decoratePort } from '@buyer-group/shared/ports/decorate-port.ts'
import type { Random } from './random.ts'

/** A process as the scheduler sees it. One that died never comes back: its slot gets a new one. */
export interface SimProcess {
  readonly name: string
  alive: boolean
  /** Stopped (SIGSTOP): nothing of it goes on until it is continued. */
  isPaused: boolean
  /** How likely its turn is taken when it comes, above 0 up to 1: a slow process works on what others have long changed. */
  readonly speed: number
}

/** How often a call goes wrong, each from 0 to 1. */
export interface FaultRates {
  /** The part is away; the call had no effect. */
  readonly refused: number
  /** The call had its effect, the answer was lost. */
  readonly answerLost: number
  /** The caller gave up; the call has its effect later, or never. */
  readonly late: number
  /** An error that nobody knows, or one for good. */
  readonly unexpected: number
  /** A write that took effect answers that this is not certain. */
  readonly unsure: number
}

export const NO_FAULTS: FaultRates = { refused: 0, answerLost: 0, late: 0, unexpected: 0, unsure: 0 }

interface Pending {
  readonly process: SimProcess
  readonly label: string
  proceed(): void
}

interface Timer {
  readonly at: number
  readonly process: SimProcess
  readonly resolve: () => void
}

/**
 * Decides which call of which process goes on next, and how it ends. Every call of a port waits here until it is chosen;
 * between two choices every process runs until it has nothing left but such calls. Time passes only when told to.
 */
export class Scheduler {
  readonly random: Random
  readonly trace: string[] = []
  faults: FaultRates = NO_FAULTS
  /** Nobody is slow any more. */
  isCalm = false
  /** Told when a process is about to make this call. */
  aim: { readonly label: string; readonly hit: (process: SimProcess) => void } | undefined
  #now: number
  readonly #isTraced: boolean
  readonly #pending: Pending[] = []
  /** Effects whose callers gave up or died. */
  readonly #late: { readonly label: string; readonly run: () => void }[] = []
  #timers: Timer[] = []

  constructor(random: Random, now: number, isTraced: boolean) {
    this.random = random
    this.#now = now
    this.#isTraced = isTraced
  }

  /** Virtual milliseconds since the epoch. */
  get now(): number {
    return this.#now
  }

  note(...words: readonly (string | number)[]): void {
    if (this.#isTraced) this.trace.push(`${this.#now % 10_000_000} ${words.join(' ')}`)
  }

  /** The same port, each of whose calls waits for its turn and may go wrong. */
  port<Port extends object>(process: SimProcess, name: string, port: Port): Port {
    const around: Around = (method, call) => this.call(process, `${name}.${method}`, call)
    return decoratePort(port, around)
  }

  call<Result>(process: SimProcess, label: string, effect: () => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.aim?.label === label) this.aim.hit(process)
      if (!process.alive) return
      this.#pending.push({ process, label, proceed: () => this.#proceed(process, label, effect, resolve, reject) })
    })
  }

  #proceed<Result>(
    process: SimProcess,
    label: string,
    effect: () => Promise<Result>,
    resolve: (result: Result) => void,
    reject: (error: unknown) => void,
  ): void {
    const { refused, answerLost, unexpected, unsure } = this.faults
    const late = label.startsWith('publisher.') ? 0 : this.faults.late
    const throwOf = this.random.next()
    if (throwOf < refused) {
      this.#fail(process, label, 'refused', reject)
      return
    }
    if (throwOf < refused + answerLost) {
      const fail = () => process.alive && this.#fail(process, label, 'answer lost', reject)
      effect().then(fail, fail)
      return
    }
    if (throwOf < refused + answerLost + late) {
      this.#late.push({ label: `${process.name} ${label}`, run: () => void effect().catch(() => {}) })
      this.#fail(process, label, 'given up', reject)
      return
    }
    if (throwOf < refused + answerLost + late + unexpected) {
      this.note(process.name, label, 'unexpected error')
      const isPermanent = this.random.chance(0.3)
      const permanent = new AppError('an error for good', { code: 'broken', fate: 'permanent' })
      reject(isPermanent ? permanent : new TypeError('an error that nobody knows'))
      return
    }
    const isUnsure = this.random.chance(unsure) && UNSURE.has(label)
    this.note(process.name, label, isUnsure ? '(unsure)' : '')
    effect().then(
      (result) => process.alive && resolve(isUnsure && result === true ? (false as Result) : result),
      (error) => process.alive && reject(error),
    )
  }

  #fail(process: SimProcess, label: string, how: string, reject: (error: unknown) => void): void {
    this.note(process.name, label, how)
    const code = label.startsWith('publisher.') ? 'kafka_unavailable' : 'mongodb_unavailable'
    reject(new AppError(`${label} ${how}`, { code, fate: 'unavailable' }))
  }

  /** A point within a call where others may come in between. Never chosen again once its process is dead. */
  between(process: SimProcess): Promise<void> {
    if (!this.random.chance(0.2)) return Promise.resolve()
    return new Promise((resolve) => {
      const proceed = () => {
        this.note(process.name, 'goes on')
        resolve()
      }
      this.#pending.push({ process, label: '', proceed })
    })
  }

  sleep(process: SimProcess, ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.push({ at: this.#now + ms, process, resolve })
    })
  }

  get runnable(): number {
    return this.#pending.reduce((count, { process }) => count + Number(isRunning(process)), 0)
  }

  get lateEffects(): number {
    return this.#late.length
  }

  /** Lets one of the calls that wait go on. */
  proceedOne(): void {
    const running = this.#pending.filter(({ process }) => isRunning(process))
    const chosen = this.pickBySpeed(running, ({ process }) => process)
    this.#pending.splice(this.#pending.indexOf(chosen), 1)
    chosen.proceed()
  }

  /** Picks one, of a slow process less often; of the last that is looked at in any case. */
  pickBySpeed<Item>(items: readonly Item[], processOf: (item: Item) => SimProcess): Item {
    for (let tries = 0; tries < 20; tries += 1) {
      const item = this.random.pick(items)
      if (this.isCalm || this.random.chance(processOf(item).speed)) return item
    }
    return this.random.pick(items)
  }

  /** An effect whose caller has given up takes place. */
  runLate(): void {
    const index = this.random.below(this.#late.length)
    const [effect] = this.#late.splice(index, 1)
    if (effect === undefined) return
    this.note('late:', effect.label)
    effect.run()
  }

  /** Lets time pass and wakes who slept; sleepers of a stopped process wake once it is continued. */
  advance(ms: number): void {
    this.#now += ms
    this.note('+', ms, 'ms')
    this.wake()
  }

  wake(): void {
    const due = this.#timers.filter(({ at, process }) => at <= this.#now && isRunning(process))
    this.#timers = this.#timers.filter((timer) => timer.process.alive && !due.includes(timer))
    for (const timer of due) timer.resolve()
  }

  /** When the next sleeper wakes; undefined where nobody sleeps. */
  get nextWake(): number | undefined {
    const times = this.#timers.filter(({ process }) => isRunning(process)).map(({ at }) => at)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Kills a process: nothing of it goes on, but what it had sent may still take effect. */
  kill(process: SimProcess): void {
    process.alive = false
    this.note(process.name, 'dies')
    for (let index = this.#pending.length - 1; index >= 0; index -= 1) {
      const pending = this.#pending[index]
      if (pending?.process !== process) continue
      this.#pending.splice(index, 1)
      if (pending.label === '' || pending.label.startsWith('publisher.') || !this.random.chance(0.3)) continue
      this.#late.push({ label: `${process.name} ${pending.label}`, run: () => pending.proceed() })
    }
  }
}

const isRunning = (process: SimProcess) => process.alive && !process.isPaused

/** The writes that may say they are not certain to have taken effect (stores.ts of the refresher). */
const UNSURE = new Set(['groups.insert', 'groups.replacePublished', 'groups.markPublished', 'positions.write'])

/** Until every process has nothing left to do but wait for the scheduler. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
