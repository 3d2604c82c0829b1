import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { checkStepInput } from '../check-against.ts'
import { executeStep, handOn, isPromise } from '../execution/execute-step.ts'
import { StepError } from '../step-error.ts'
import { type StepFailure, toStepFailure } from '../step-failure.ts'
import type { AnyStepNode } from '../workflow/node.ts'
import type { Plan, PlannedNode } from '../workflow/plan.ts'
import { executeMemoised } from './execute-memoised.ts'
import { type AnyFanOutNode, FanOutRun } from './fan-out-run.ts'
import { NodeExecution } from './node-execution.ts'
import { NodeOutputs, type NodeValues, SKIPPED } from './node-values.ts'
import { RunJournal } from './run-journal.ts'
import type { RunScope } from './run-scope.ts'

interface Failed {
  readonly node: string
  readonly step: string
  readonly failure: StepFailure
  readonly cause: unknown
}

/**
 * Walks a plan once: starts every node as soon as what it depends on is done, those that are ready at once in the order of
 * the definition, with at most `concurrency` steps under way. Steps that return no promise cost none here either.
 *
 * The first failure stops the walk. A permanent one aborts what is under way; after any other one that may finish, because
 * the run will be tried again and need not do or pay for it twice. Either way the walk ends once nothing is under way.
 */
export class GraphRun {
  readonly #scope: RunScope
  readonly #journal: RunJournal
  readonly #plan: Plan
  readonly #concurrency: number
  readonly #outputs: NodeOutputs
  /** By place: how many dependencies are not done. */
  readonly #waitsFor: number[]
  /** By place, once a fan-out has begun. */
  readonly #fanOuts: (FanOutRun | undefined)[] = []
  /** Places of nodes that can start something, in order. */
  readonly #ready: number[] = []
  #underWay = 0
  #left: number
  #isPumping = false
  #failed: Failed | undefined
  #settle: { resolve(output: unknown): void; reject(error: unknown): void } | undefined

  constructor(scope: RunScope, plan: Plan, input: unknown, concurrency: number) {
    this.#scope = scope
    this.#journal = new RunJournal(scope)
    this.#plan = plan
    this.#concurrency = concurrency
    this.#outputs = new NodeOutputs(input, plan.nodes.length)
    this.#waitsFor = plan.nodes.map(({ waitsFor }) => waitsFor)
    this.#left = plan.nodes.length
  }

  /**
   * The output of the plan's output node, or `SKIPPED`. To be called once.
   * @throws StepError of the failure that stopped the walk, a permanent one before others; else why it was cancelled.
   */
  run(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      for (const [place, waitsFor] of this.#waitsFor.entries()) if (waitsFor === 0) this.#ready.push(place)
      this.#pump()
    })
  }

  /** Starts what can be started. A step that ends at once comes back here while this goes on: no recursion. */
  #pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    while (this.#underWay < this.#concurrency && this.#scope.mayStart() && this.#startNext());
    this.#isPumping = false
    if (this.#underWay === 0) this.#end()
  }

  /** False where nothing can be started now. */
  #startNext(): boolean {
    const ready = this.#ready
    for (let at = 0; at < ready.length; at += 1) {
      const place = ready[at] as number
      const fanOut = this.#fanOuts[place]
      if (fanOut?.isFull) continue
      if (fanOut === undefined || fanOut.isLastNext) ready.splice(at, 1)
      if (fanOut === undefined) this.#open(place, this.#plan.nodes[place] as PlannedNode)
      else this.#startItem(place, fanOut)
      return true
    }
    return false
  }

  /** A node whose dependencies are done. */
  #open(place: number, planned: PlannedNode): void {
    const { node } = planned
    let input: unknown = SKIPPED
    try {
      const values = this.#outputs.isShort(planned) ? undefined : this.#outputs.valuesOf(planned)
      if (values !== undefined && (node.when === undefined || node.when(values as never))) {
        if (node.kind === 'fan_out') {
          this.#openFanOut(place, node, values)
          return
        }
        input = checkStepInput(node.step, node.input === undefined ? values : node.input(values as never))
      }
    } catch (cause) {
      this.#refuse(node, node.name, cause)
      return
    }
    if (input === SKIPPED) this.#skip(place, node)
    else this.#execute(new NodeExecution(this.#scope, place, node, input), node)
  }

  #openFanOut(place: number, node: AnyFanOutNode, values: NodeValues): void {
    const fanOut = new FanOutRun(node, values, node.over(values as never), this.#scope.clock.now())
    this.#fanOuts[place] = fanOut
    if (fanOut.isDone) this.#endFanOut(place, fanOut)
    else insertSorted(this.#ready, place)
  }

  #startItem(place: number, fanOut: FanOutRun): void {
    const { node, values } = fanOut
    const at = fanOut.start()
    let execution: NodeExecution
    try {
      const input = checkStepInput(node.step, node.input(fanOut.items[at] as never, values as never, at))
      const item = fanOut.identify(at, node.step.idempotencyKey(input))
      execution = new NodeExecution(this.#scope, place, node, input, item)
    } catch (cause) {
      fanOut.isBroken = true
      this.#refuse(node, `${node.name}[${at}]`, cause)
      return
    }
    this.#execute(execution, node)
  }

  #execute(execution: NodeExecution, { memoise }: AnyStepNode): void {
    const { store } = this.#scope
    this.#underWay += 1
    this.#journal.started(execution.name, execution.step)
    let output: unknown
    try {
      output = memoise && store !== undefined ? executeMemoised(execution, store) : executeStep(execution)
    } catch (cause) {
      this.#stopAfter(execution, cause)
      return
    }
    if (isPromise(output)) {
      output.then(
        (value) => this.#complete(execution, value),
        (cause) => this.#stopAfter(execution, cause),
      )
    } else {
      this.#complete(execution, output)
    }
  }

  #complete(execution: NodeExecution, made: unknown): void {
    const { place, item } = execution
    let output: unknown
    try {
      output = handOn(execution, made)
    } catch (cause) {
      this.#stopAfter(execution, cause)
      return
    }
    this.#underWay -= 1
    this.#journal.completed(execution)
    if (item === -1) {
      this.#done(place, output)
    } else {
      const fanOut = this.#fanOuts[place] as FanOutRun
      fanOut.complete(item, output, execution)
      if (fanOut.isDone) this.#endFanOut(place, fanOut)
    }
    this.#pump()
  }

  #endFanOut(place: number, fanOut: FanOutRun): void {
    this.#journal.fanOutEnded(fanOut, fanOut.isMemoised ? 'memoised' : 'completed')
    this.#done(place, fanOut.outputs)
  }

  #skip(place: number, node: AnyStepNode): void {
    this.#journal.skipped(node)
    this.#done(place, SKIPPED)
  }

  #done(place: number, output: unknown): void {
    this.#outputs.set(place, output)
    this.#left -= 1
    for (const dependent of (this.#plan.nodes[place] as PlannedNode).dependents) {
      const left = (this.#waitsFor[dependent] as number) - 1
      this.#waitsFor[dependent] = left
      if (left === 0) insertSorted(this.#ready, dependent)
    }
  }

  /** What the definition says of a node threw, or its step does not take that input. */
  #refuse({ step }: AnyStepNode, node: string, cause: unknown): void {
    const failure = toStepFailure(cause, true)
    this.#journal.refused(node, step, failure)
    this.#fail({ node, step: step.name, failure, cause })
  }

  #stopAfter(execution: NodeExecution, cause: unknown): void {
    const { item, place, name: node, step } = execution
    const { isAborted, isStopping, reason } = this.#scope.cancellation
    this.#underWay -= 1
    if (item !== -1) (this.#fanOuts[place] as FanOutRun).isBroken = true
    if (isAborted || (isStopping && cause === reason)) {
      this.#journal.cancelled(execution)
    } else {
      const failure = toStepFailure(cause, step.retryable)
      this.#journal.failed(execution, failure)
      this.#fail({ node, step: step.name, failure, cause })
    }
    this.#pump()
  }

  #fail(failed: Failed): void {
    const { failure, node, cause } = failed
    const { cancellation } = this.#scope
    const isPermanent = failure.fate === 'permanent'
    if (this.#failed === undefined || (isPermanent && this.#failed.failure.fate !== 'permanent')) this.#failed = failed
    const words = `the run stops because node "${node}" failed: ${failure.message}`
    const reason = new AppError(words, { code: 'run_cancelled', fate: failure.fate, cause })
    if (isPermanent) cancellation.abort(reason)
    else cancellation.drain(reason)
  }

  #end(): void {
    if (this.#left === 0) {
      this.#settle?.resolve(this.#outputs.at(this.#plan.output))
      return
    }
    for (const fanOut of this.#fanOuts) {
      if (fanOut !== undefined && !fanOut.isDone && !fanOut.isBroken) this.#journal.fanOutEnded(fanOut, 'cancelled')
    }
    this.#settle?.reject(this.#failed === undefined ? this.#scope.cancellation.reason : this.#toError(this.#failed))
  }

  #toError({ step, node, failure, cause }: Failed): StepError {
    return new StepError(step, failure, this.#scope.records, cause, { node })
  }
}

/** Puts a place into a sorted list that it is not in. */
function insertSorted(places: number[], place: number): void {
  let at = places.length
  while (at > 0 && (places[at - 1] as number) > place) at -= 1
  places.splice(at, 0, place)
}
