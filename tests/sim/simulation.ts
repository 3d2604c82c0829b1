import type { Detector } from '@buyer-group/detector/detector.ts'
import { createBatchHandler } from '@buyer-group/detector/handle-batch.ts'
import { createDetectorMetrics } from '@buyer-group/detector/metrics.ts'
import { noteFailures } from '@buyer-group/detector/note-failures.ts'
import { readPersonChange } from '@buyer-group/detector/read-person-change.ts'
import { readRefreshRequest } from '@buyer-group/detector/read-refresh-request.ts'
import type { DetectorMessage } from '@buyer-group/detector/rules/detector-message.ts'
import { createAgedSweep } from '@buyer-group/detector/sweep-aged-groups.ts'
import { sweepWindows } from '@buyer-group/detector/sweep-windows.ts'
import { createMemoryStores as createDetectorStores } from '@buyer-group/detector/test-kit/memory-stores.ts'
import { createMemoryRunStore } from '@buyer-group/pipeline/store/memory-run-store.ts'
import type { RunStore } from '@buyer-group/pipeline/store/run-store.ts'
import { createRefreshHandler } from '@buyer-group/refresher/handle-refresh-command.ts'
import { createRefresherMetrics } from '@buyer-group/refresher/metrics.ts'
import type { Refresher } from '@buyer-group/refresher/refresher.ts'
import { createMemoryStores as createRefresherStores } from '@buyer-group/refresher/test-kit/memory-stores.ts'
import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import { compilePolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import { policyOfTypes } from '@buyer-group/rules/significance/significance-policy.ts'
import { builtIn } from '@buyer-group/shared/config/reloading-file.ts'
import type { Decode } from '@buyer-group/shared/kafka/consumer-types.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import type { PersonChange, RefreshCommand, RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import { COMMAND_TOPICS, TOPICS } from '@buyer-group/shared/messages/topics.ts'
import {
  createMemoryBroker,
  createMemoryPublisher,
  type MemoryBroker,
} from '@buyer-group/testing/memory/memory-broker.ts'
import { createMemoryDatabase, type MemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import { Registry } from 'prom-client'
import { type Coordinator, createCoordinator } from './coordinator.ts'
import { History } from './history.ts'
import type { Mutation } from './mutations.ts'
import { createRandom, type Random } from './random.ts'
import { type FaultRates, NO_FAULTS, Scheduler, type SimProcess, settle } from './scheduler.ts'
import { SimConsumer } from './sim-consumer.ts'
import { type GroupName, simTopics, topicsOf } from './sim-topics.ts'
import { type Arrival, createWorkload, SIGNIFICANT_TYPES, type Workload } from './workload.ts'

const START = Date.UTC(2026, 0, 15)

/** Steps after which a run that does not come to rest counts as one that never will. */
const MOST_STEPS = 30_000

/** Metrics and logs are not looked at: one registry and one silent logger serve every run. */
const detectorMetrics = createDetectorMetrics(new Registry())
const refresherMetrics = createRefresherMetrics(new Registry())
const logger = createLogger('simulation', 'silent')
const profile = builtIn(DEFAULT_PROFILE).current
const policy = { value: compilePolicy(policyOfTypes([...SIGNIFICANT_TYPES])), version: 'simulation' }

/** A place for a process: whatever dies in it is started again. */
interface Slot {
  readonly group: GroupName
  readonly index: number
  starts: number
  process: SimProcess
  consumer: SimConsumer<unknown>
  /** Detectors sweep. */
  sweep: (() => void) | undefined
  isSweeping: boolean
}

export interface SimulationOptions {
  readonly mutation?: Mutation
  /** Keep every choice in words. */
  readonly isTraced?: boolean
}

/** Something that a consumer could do next. */
interface Turn {
  readonly process: SimProcess
  readonly act: () => void
}

/** How often what happens from outside, against 12 for a call of a port and 6 for a consumer's next step. */
interface Mood {
  readonly sweep: number
  readonly time: number
  readonly kill: number
  readonly pause: number
  readonly resume: number
  readonly rebalance: number
  /** A call before which processes stop or die. */
  readonly aim: string | undefined
  readonly aimKills: boolean
  /** Who is stopped when the faults end goes on only once nothing else is left to do. */
  readonly wakesLast: boolean
  /** Calls may still be refused, or their answers lost, while the run comes to rest. */
  readonly aftershocks: boolean
  /** The age at which groups are refreshed although nothing changed; undefined for never. */
  readonly maxAgeMs: number | undefined
}

/** Each run has a mood of its own: what is rare in one is frequent in another, so that also rare things meet. */
function chooseMood(random: Random): Mood {
  const aim = random.chance(0.85) ? random.pick(AIMS) : undefined
  const aimKills = random.chance(0.25)
  // Who stops in the midst of its work and wakes when others have done it all is the stalest writer there can be.
  const isForZombies = aim !== undefined && !aimKills && random.chance(0.5)
  return {
    sweep: random.pick([0.1, 0.4, 1]),
    time: random.pick([0.3, 1.2, 3]),
    kill: random.pick([0, 0.1, 0.3, 0.8]),
    pause: random.pick([0, 0.2, 0.6]),
    resume: isForZombies ? 0.02 : random.pick([0, 0.1, 0.5]),
    rebalance: random.pick([0, 0.2, 0.8]),
    aim,
    aimKills,
    wakesLast: isForZombies || random.chance(0.5),
    aftershocks: random.chance(0.5),
    maxAgeMs: random.chance(0.25) ? 3_000 : undefined,
  }
}

/** Where it hurts: before each effect. */
const AIMS = [
  'events.decide',
  'windows.claimOrMark',
  'windows.claimIfUnchanged',
  'windows.clearOutboxes',
  'logs.insert',
  'publisher.publish',
  'publisher.publish',
  'people.save',
  'positions.write',
  'positions.merge',
  'groups.insert',
  'groups.replacePublished',
  'groups.markPublished',
  'waiting.release',
  'operations.end',
] as const

/** What stands at the end of a run, to be judged. */
export interface FinalState {
  readonly database: MemoryDatabase
  readonly broker: MemoryBroker
  readonly history: History
  readonly windowMs: number
  readonly clockToleranceMs: number
  readonly trace: readonly string[]
  readonly isAtRest: boolean
  readonly sharesAddresses: boolean
}

/**
 * One run: several detectors and refreshers, the production code, over one database and one broker in memory. Everything
 * that happens is chosen by the seed: which call goes on, what fails, who dies, stops or is rebalanced, how time passes.
 * First with faults, then in peace until nothing is left to do.
 */
export class Simulation {
  readonly #random: Random
  readonly #scheduler: Scheduler
  readonly #database: MemoryDatabase
  readonly #broker: MemoryBroker
  /** What refreshers keep of their runs: outlives them as the database does. */
  readonly #runs: RunStore
  readonly #history: History
  readonly #coordinators: Readonly<Record<GroupName, Coordinator>>
  readonly #slots: Slot[] = []
  readonly #workload: Workload
  readonly #arrivals: Arrival[]
  readonly #mutation: Mutation
  readonly #windowMs: number
  readonly #cacheMaxAgeMs: number
  readonly #skewMs: number
  readonly #mood: Mood
  #tokens = 0

  constructor(seed: number, { mutation = {}, isTraced = false }: SimulationOptions = {}) {
    this.#random = createRandom(seed)
    this.#mutation = mutation
    this.#scheduler = new Scheduler(this.#random, START, isTraced)
    this.#database = createMemoryDatabase(() => new Date(this.#scheduler.now))
    this.#runs = createMemoryRunStore({ clock: { now: () => this.#scheduler.now } })
    this.#broker = createMemoryBroker({ topics: simTopics(), now: () => this.#scheduler.now })
    this.#history = new History(this.#database, this.#broker)
    const coordinator = (group: GroupName) =>
      createCoordinator(group, [...topicsOf(group).keys()], this.#broker, this.#random)
    this.#coordinators = { detector: coordinator('detector'), refresher: coordinator('refresher') }
    this.#windowMs = this.#random.pick([200, 1_000, 7_000])
    this.#cacheMaxAgeMs = this.#random.pick([0, 5_000])
    this.#skewMs = this.#random.pick([0, 0, 5_000])
    this.#mood = chooseMood(this.#random)
    this.#workload = createWorkload(this.#random, START)
    this.#arrivals = [...this.#workload.arrivals]
    for (const group of ['detector', 'refresher'] as const) {
      for (let index = 1 + this.#random.below(3); index > 0; index -= 1) this.#slots.push(this.#open(group, index))
    }
  }

  async run(): Promise<FinalState> {
    this.#scheduler.faults = this.#chooseFaults()
    const { aim } = this.#mood
    if (aim !== undefined) this.#scheduler.aim = { label: aim, hit: (process) => this.#hit(process) }
    const steps = 100 + this.#random.below(500)
    for (let step = 0; step < steps && this.#history.violations.length === 0; step += 1) {
      this.#disturbedStep()
      await this.#look()
    }
    this.#calmDown()
    let isAtRest = false
    for (let step = 0; step < MOST_STEPS && !isAtRest && this.#history.violations.length === 0; step += 1) {
      isAtRest = !this.#calmStep()
      await this.#look()
    }
    return {
      database: this.#database,
      broker: this.#broker,
      history: this.#history,
      windowMs: this.#windowMs,
      clockToleranceMs: 2 * this.#skewMs,
      trace: this.#scheduler.trace,
      isAtRest,
      sharesAddresses: this.#workload.sharesAddresses,
    }
  }

  async #look(): Promise<void> {
    await settle()
    this.#history.look()
  }

  #chooseFaults(): FaultRates {
    const random = this.#random
    const rate = () => (random.chance(0.5) ? random.next() * 0.12 : 0)
    const unexpected = random.chance(0.2) ? 0.03 : 0
    return { refused: rate(), answerLost: rate(), late: rate(), unexpected, unsure: random.pick([0, 0.2]) }
  }

  #disturbedStep(): void {
    const { runnable, lateEffects } = this.#scheduler
    const consuming = this.#consuming()
    const running = this.#slots.filter(({ process }) => process.alive && !process.isPaused)
    const paused = this.#slots.filter(({ process }) => process.alive && process.isPaused)
    const dead = this.#slots.filter(({ process }) => !process.alive)
    const sweeping = running.flatMap(({ sweep, isSweeping }) => (sweep === undefined || isSweeping ? [] : [sweep]))
    const choices: readonly (readonly [weight: number, act: () => void])[] = [
      [runnable === 0 ? 0 : 12, () => this.#scheduler.proceedOne()],
      [consuming.length === 0 ? 0 : 6, () => this.#consume(consuming)],
      [this.#arrivals.length === 0 ? 0 : 1, () => this.#arrive()],
      [sweeping.length === 0 ? 0 : this.#mood.sweep, () => this.#random.pick(sweeping)()],
      [lateEffects === 0 ? 0 : 0.3, () => this.#scheduler.runLate()],
      [this.#mood.time, () => this.#scheduler.advance(this.#random.pick([1, 7, 60, 600, 2_500]))],
      [running.length === 0 ? 0 : this.#mood.kill, () => this.#kill(this.#random.pick(running))],
      [dead.length === 0 ? 0 : 0.8, () => this.#restart(this.#random.pick(dead))],
      [running.length === 0 ? 0 : this.#mood.pause, () => this.#pause(this.#random.pick(running))],
      [paused.length === 0 ? 0 : this.#mood.resume, () => this.#continue(this.#random.pick(paused))],
      [this.#mood.rebalance, () => this.#rebalance()],
    ]
    const total = choices.reduce((sum, [weight]) => sum + weight, 0)
    let left = this.#random.next() * total
    for (const [weight, act] of choices) {
      left -= weight
      if (left >= 0) continue
      act()
      return
    }
  }

  #consuming(): Turn[] {
    return this.#slots.flatMap(({ consumer, process }) => consumer.actions().map((act) => ({ process, act })))
  }

  #consume(actions: readonly Turn[]): void {
    this.#scheduler.pickBySpeed(actions, ({ process }) => process).act()
  }

  #calmDown(): void {
    this.#scheduler.note('no more faults')
    this.#scheduler.isCalm = true
    this.#scheduler.aim = undefined
    // Those that are tried again in place may go on: they keep no run from coming to rest.
    const passing = this.#mood.aftershocks ? 0.15 : 0
    this.#scheduler.faults = { ...NO_FAULTS, refused: passing, answerLost: passing }
    for (const slot of this.#slots) {
      if (!slot.process.alive) this.#restart(slot)
      // Its session is over at any rate; it may wake to find that everything was done without it.
      if (slot.process.isPaused) this.#coordinators[slot.group].leave(slot.consumer)
      const others = this.#slots.filter(({ group, process }) => group === slot.group && !process.isPaused)
      if (slot.process.isPaused && (!this.#mood.wakesLast || others.length === 0)) this.#continue(slot)
    }
  }

  /** False once nothing is left to do. */
  #calmStep(): boolean {
    const { runnable, lateEffects, nextWake, now } = this.#scheduler
    const consuming = this.#consuming()
    if (runnable > 0 && (consuming.length === 0 || this.#random.chance(0.6))) this.#scheduler.proceedOne()
    else if (consuming.length > 0) this.#consume(consuming)
    else if (lateEffects > 0) this.#scheduler.runLate()
    else if (this.#arrivals.length > 0) this.#arrive()
    else if (nextWake !== undefined) this.#scheduler.advance(Math.max(1, nextWake - now))
    else if (this.#isWorkWaiting()) {
      this.#scheduler.advance(500)
      for (const { sweep, isSweeping } of this.#slots) if (!isSweeping) sweep?.()
    } else {
      const asleep = this.#slots.filter(({ process }) => process.isPaused)
      for (const slot of asleep) this.#continue(slot)
      return asleep.length > 0
    }
    return true
  }

  /** Something that only time brings on: a window with changes, a command in an outbox, a message in a retry topic. */
  #isWorkWaiting(): boolean {
    const windows = [...this.#database.windows.values()]
    if (windows.some(({ pending, outbox }) => pending !== null || outbox !== null)) return true
    return (['detector', 'refresher'] as const).some((group) =>
      [...topicsOf(group).keys()].some((topic) =>
        this.#broker
          .partitionsOf(topic)
          .some(
            (partition) => this.#broker.log(topic, partition).length > this.#broker.committed(group, topic, partition),
          ),
      ),
    )
  }

  #arrive(): void {
    const [arrival] = this.#arrivals.splice(0, 1)
    if (arrival === undefined) return
    const { topic, key, make } = arrival
    const value = Buffer.from(JSON.stringify(make(this.#scheduler.now)))
    const { partition, offset } = this.#broker.append({ topic, key, value, headers: {} })
    this.#scheduler.note('arrives', topic, partition, offset)
  }

  /** The process comes to the call that this run aims at: it stops there or dies there. */
  #hit(process: SimProcess): void {
    const slot = this.#slots.find((one) => one.process === process)
    if (slot === undefined || !this.#random.chance(0.3)) return
    if (this.#mood.aimKills) this.#kill(slot)
    else if (!process.isPaused) this.#pause(slot)
  }

  #kill({ process, consumer, group }: Slot): void {
    this.#scheduler.kill(process)
    this.#history.noteDeath(process)
    this.#coordinators[group].leave(consumer)
  }

  #restart(slot: Slot): void {
    const { process, consumer, sweep } = this.#open(slot.group, slot.index, slot.starts)
    this.#scheduler.note(process.name, 'starts')
    Object.assign(slot, { process, consumer, sweep, starts: slot.starts + 1, isSweeping: false })
  }

  /** Its session ends after a while, as if by the group's time-out: until then its partitions wait for it. */
  #pause({ process, consumer, group }: Slot): void {
    this.#scheduler.note(process.name, 'is stopped')
    process.isPaused = true
    if (this.#random.chance(0.6)) this.#coordinators[group].leave(consumer)
  }

  #continue({ process, consumer, group }: Slot): void {
    this.#scheduler.note(process.name, 'goes on')
    process.isPaused = false
    this.#coordinators[group].leave(consumer)
    this.#coordinators[group].join(consumer)
    this.#scheduler.wake()
  }

  #rebalance(): void {
    const group = this.#random.pick(['detector', 'refresher'] as const)
    this.#scheduler.note(group, 'rebalances')
    this.#coordinators[group].rebalance()
  }

  #open(group: GroupName, index: number, starts = 0): Slot {
    const speed = this.#random.pick([1, 1, 1, 0.2, 0.03])
    const process: SimProcess = { name: `${group}${index}.${starts}`, alive: true, isPaused: false, speed }
    const skew = this.#skewMs === 0 ? 0 : this.#random.below(2 * this.#skewMs) - this.#skewMs
    const clock = () => this.#scheduler.now + skew
    const between = () => this.#scheduler.between(process)
    const database = { ...this.#database, between }
    const slot =
      group === 'detector'
        ? this.#openDetector(process, database, clock)
        : this.#openRefresher(process, database, clock)
    const opened: Slot = { group, index, starts: starts + 1, isSweeping: false, ...slot }
    const { sweep } = slot
    if (sweep !== undefined) {
      opened.sweep = () => {
        const current = this.#slots.find((one) => one.process === process) ?? opened
        current.isSweeping = true
        this.#scheduler.note(process.name, 'sweeps')
        const ended = () => {
          current.isSweeping = false
        }
        sweep().then(ended, ended)
      }
    }
    this.#coordinators[group].join(opened.consumer)
    return opened
  }

  #openDetector(process: SimProcess, database: MemoryDatabase, clock: () => number) {
    const { port } = this.#ports(process)
    const stores = (this.#mutation.detectorStores ?? ((same) => same))(createDetectorStores(database))
    const command = { encode }
    const detector: Detector = {
      stores: {
        events: port('events', stores.events),
        windows: port('windows', stores.windows),
        logs: port('logs', stores.logs),
        groups: port('groups', stores.groups),
        directory: port('directory', stores.directory),
      },
      publisher: this.#publisher(process),
      commandTopics: {
        high: { topic: COMMAND_TOPICS.high, ...command },
        normal: { topic: COMMAND_TOPICS.normal, ...command },
        low: { topic: COMMAND_TOPICS.low, ...command },
      },
      policy: () => policy,
      windowMs: this.#windowMs,
      workspaceId: 'default',
      metrics: detectorMetrics,
      logger,
      now: clock,
      newToken: () => `token-${this.#tokens++}`,
    }
    const handle = (this.#mutation.batchHandler ?? createBatchHandler)(detector)
    const consumer = new SimConsumer<DetectorMessage>({
      ...this.#consumerOptions(process, 'detector'),
      decode: decodeDetectorMessage,
      mode: { kind: 'batch', handle: noteFailures(handle, detector.stores.events, logger) },
    })
    const never = new AbortController().signal
    const { maxAgeMs } = this.#mood
    const sweepAged = maxAgeMs === undefined ? undefined : createAgedSweep(detector, maxAgeMs)
    const sweep = async () => {
      await sweepWindows(detector, never)
      // Groups go on ageing for ever: a run that is to come to rest stops refreshing them.
      if (!this.#scheduler.isCalm) await sweepAged?.()
    }
    return { process, consumer: consumer as SimConsumer<unknown>, sweep }
  }

  #openRefresher(process: SimProcess, database: MemoryDatabase, clock: () => number) {
    const { port } = this.#ports(process)
    const stores = (this.#mutation.refresherStores ?? ((same) => same))(createRefresherStores(database), database)
    const refresher: Refresher = {
      stores: {
        groups: port('groups', stores.groups),
        events: port('waiting', stores.events),
        people: port('people', stores.people),
        positions: port('positions', stores.positions),
        logs: port('logs', stores.logs),
        windows: port('windows', stores.windows),
      },
      runs: port('operations', this.#runs),
      random: () => this.#random.next(),
      clock: {
        now: clock,
        after: (ms, call) => {
          let isTakenBack = false
          void this.#scheduler.sleep(process, ms).then(() => isTakenBack || call())
          return () => {
            isTakenBack = true
          }
        },
      },
      publisher: this.#publisher(process),
      results: { topic: TOPICS.refreshResults, encode },
      current: { topic: TOPICS.current, encode },
      metrics: refresherMetrics,
      logger,
      now: () => new Date(clock()),
      pause: (ms) => this.#scheduler.sleep(process, ms),
      cacheMaxAgeMs: this.#cacheMaxAgeMs,
      profile,
      peopleSource: null,
    }
    const handle = createRefreshHandler((this.#mutation.refresher ?? ((same) => same))(refresher))
    const consumer = new SimConsumer<RefreshCommand>({
      ...this.#consumerOptions(process, 'refresher'),
      decode: async ({ value }) => JSON.parse(String(value)),
      mode: { kind: 'perKey', handle },
    })
    return { process, consumer: consumer as SimConsumer<unknown>, sweep: undefined }
  }

  #ports(process: SimProcess) {
    return {
      port: <Port extends object>(name: string, port: Port): Port => this.#scheduler.port(process, name, port),
    }
  }

  #publisher(process: SimProcess) {
    const between = () => this.#scheduler.between(process)
    const broker = this.#history.watchBroker(process)
    return this.#scheduler.port(process, 'publisher', createMemoryPublisher(broker, between))
  }

  #consumerOptions(process: SimProcess, group: GroupName) {
    return {
      scheduler: this.#scheduler,
      broker: this.#broker,
      process,
      group,
      coordinator: this.#history.watchCommits(this.#coordinators[group]),
      publisher: this.#publisher(process),
      onFinished: (message: { topic: string; partition: number; offset: string }) =>
        this.#history.noteFinished(message),
      commitsFirst: this.#mutation.commitsFirst ?? false,
    }
  }
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value))

const decodeDetectorMessage: Decode<DetectorMessage> = async ({ topic, value }) => {
  const parsed: unknown = JSON.parse(String(value))
  return topic.startsWith(TOPICS.personChanges)
    ? readPersonChange(parsed as PersonChange)
    : readRefreshRequest(parsed as RefreshRequest)
}
