import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHANGES, COMMANDS, createHistory } from '../test-kit/history.ts'
import { checkInvariants } from './check-invariants.ts'
import type { CommandMessage } from './facts.ts'

const COMPANIES = ['acme', 'beta'] as const

/** Which companies each event concerns: one of them both. */
const CONCERNS = [['acme'], ['beta'], ['acme', 'beta']] as const

type Step =
  | { readonly do: 'accept' | 'conflict'; readonly event: number }
  | { readonly do: 'record' | 'decide' | 'work' }
  | { readonly do: 'claim' | 'produce' | 'produceAgain'; readonly company: (typeof COMPANIES)[number] }

const event = fc.nat({ max: 8 })
const company = fc.constantFrom(...COMPANIES)
const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ do: fc.constantFrom('accept', 'conflict'), event }),
    fc.record({ do: fc.constantFrom('record', 'decide', 'work', 'work') }),
    fc.record({ do: fc.constantFrom('claim', 'produce', 'produceAgain'), company }),
  ),
  { maxLength: 60 },
)

/** A deployment that takes these steps where it can: events repeat, conflict, wait; commands and results are sent again. */
function run(taken: readonly Step[]) {
  const history = createHistory()
  const claimed = new Map<string, CommandMessage>()
  const produced: CommandMessage[] = []
  /** The command at work and how far it has come. */
  let next = 0
  let done = 0
  const take = (step: Step) => {
    if (step.do === 'accept' || step.do === 'conflict') {
      const body = step.do === 'accept' ? 'a' : 'b'
      history.accept(`s:${step.event}`, { body, companies: CONCERNS[step.event % CONCERNS.length] ?? [] })
    } else if (step.do === 'record' || step.do === 'decide') history[step.do]()
    else if (step.do === 'work') {
      const command = produced[next]
      if (command === undefined) return
      if (done === 0) history.save(command)
      if (done === 1) history.publish(command.companyId)
      if (done === 2) history.finish(command)
      done = (done + 1) % 3
      if (done === 0) next += 1
    } else if ('company' in step) {
      const window = history.window(step.company)
      const command = claimed.get(step.company)
      if (step.do === 'claim' && window.hasPending && window.outbox === null) {
        claimed.set(step.company, history.claim(step.company))
      }
      const isNew = command !== undefined && window.outbox === command.commandId
      if (command !== undefined && step.do === (isNew ? 'produce' : 'produceAgain')) {
        produced.push(history.produce(command))
      }
    }
  }
  for (const step of taken) take(step)
  return {
    history,
    finish: () => {
      for (let round = 0; round < 2; round += 1) {
        take({ do: 'decide' })
        for (const company of COMPANIES) {
          for (const what of ['produce', 'claim', 'produce'] as const) take({ do: what, company })
        }
        while (next < produced.length) take({ do: 'work' })
      }
    },
  }
}

test('whatever a deployment that does everything right has done so far, nothing of it is a violation', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const { counts, violations } = checkInvariants(run(taken).history.facts())
      expect(violations).toEqual([])
      const { accepted, insignificant, covered, deadLettered, inFlight } = counts
      expect(insignificant + covered + deadLettered + inFlight).toBe(accepted)
    }),
  )
})

test('once it has finished, nothing is in flight and every event is covered or a reported conflict', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const { history, finish } = run(taken)
      finish()
      const { counts, violations, inFlight } = checkInvariants(history.facts())
      expect(violations).toEqual([])
      expect(inFlight).toBe(0)
      expect(counts.covered + counts.deadLettered).toBe(counts.accepted)
    }),
  )
})

test('an offset committed beyond unfinished work is found wherever it happens', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const facts = run(taken).history.facts()
      const before = checkInvariants(facts).counts.waitingBy
      const committed = new Map([
        [`${CHANGES}/0`, facts.accepted.length],
        [`${COMMANDS}/0`, facts.commands.length],
      ])
      const after = checkInvariants({ ...facts, committed })
      fc.pre(before.unconsumed > 0)
      expect(after.counts.lost).toBeGreaterThanOrEqual(before.unconsumed)
    }),
  )
})
