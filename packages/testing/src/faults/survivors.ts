import { expect } from 'vitest'
import type { ServiceProcess } from '../processes/start-service.ts'

/**
 * Asserts that none of these processes has ended: whatever they went through, they came back by themselves, not by
 * being started again. Prints what the ended one wrote last.
 */
export async function expectSurvivors(services: readonly ServiceProcess[]): Promise<void> {
  for (const service of services) {
    const ended = await Promise.race([service.exited, Promise.resolve('runs')])
    expect(ended, service.output().slice(-4_000)).toBe('runs')
  }
}

/** Whether a service says that it is ready; false also while it does not answer. */
export async function isReady({ adminUrl }: ServiceProcess): Promise<boolean> {
  const response = await fetch(`${adminUrl}/readyz`).catch(() => undefined)
  await response?.body?.cancel()
  return response?.ok === true
}
