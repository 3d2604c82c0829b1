import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { checkStep } from '../check-step.ts'
import type { AnyStepNode } from './node.ts'

interface Definition {
  readonly name: string
  readonly version: string
  readonly steps: readonly AnyStepNode[]
  readonly timeout: number
  readonly concurrency: number
  readonly maxRounds: number | undefined
  readonly earlier: readonly { readonly name: string; readonly version: string }[]
}

/** Names stand in keys, diagrams and metrics; brackets are kept for the items of fan-outs. */
const NAME = /^[\p{L}\p{N}_.:-]{1,200}$/u
const NAME_RULE = 'letters, digits and _ . : - only, at most 200'

/**
 * Checks what can be said of a definition without following its edges.
 * @throws AppError `invalid_workflow`, `duplicate_node` or `invalid_step` (permanent).
 */
export function checkDefinition(definition: Definition): void {
  const { name, version, steps, timeout, concurrency, maxRounds, earlier } = definition
  const refuse = (words: string, code = 'invalid_workflow') => {
    throw new AppError(`workflow "${name}": ${words}`, { code, fate: 'permanent' })
  }
  const checkWhole = (what: string, value: number) => {
    if (!(value >= 1 && (Number.isInteger(value) || value === Infinity))) {
      refuse(`${what} is ${value}; it must be a whole number from 1`)
    }
  }
  if (!NAME.test(name)) refuse(`its name must be ${NAME_RULE}`)
  if (version === '') refuse('it has no version; give it one')
  if (steps.length === 0) refuse('it has no steps; list its nodes')
  if (!(timeout > 0)) refuse(`timeout is ${timeout}; it must be above 0`)
  checkWhole('concurrency', concurrency)
  if (maxRounds !== undefined) {
    checkWhole('repeat.maxRounds', maxRounds)
    if (maxRounds === Infinity) refuse('repeat.maxRounds is Infinity; rounds must end, so name a number')
  }
  const versions = new Set([version])
  for (const other of earlier) {
    if (other.name !== name) refuse(`onVersionChange.earlier has workflow "${other.name}"; list versions of this one`)
    if (versions.has(other.version)) refuse(`onVersionChange has version "${other.version}" twice; drop one`)
    versions.add(other.version)
  }

  const names = new Set<string>()
  for (const node of steps) {
    if (!NAME.test(node.name)) refuse(`the name of node "${node.name}" must be ${NAME_RULE}`)
    if (names.has(node.name)) refuse(`two nodes are named "${node.name}"; give one another name`, 'duplicate_node')
    names.add(node.name)
    checkStep(node.step)
    if (!node.step.retryable && !node.memoise) {
      const words = `node "${node.name}" is not memoised, so a resumed run would execute its step again`
      refuse(`${words}, which is not retryable; memoise it`)
    }
    if (node.kind === 'fan_out') checkWhole(`the concurrency of node "${node.name}"`, node.concurrency)
    const twice = Object.keys(node.after).find((key) => Object.hasOwn(node.optional, key))
    if (twice !== undefined) refuse(`node "${node.name}" has "${twice}" in after and in optional; drop one`)
  }
}
