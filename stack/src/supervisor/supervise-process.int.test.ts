import { readFileSync } from 'node:fs'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findOrphans, stopOrphans } from './orphans.ts'
import { lockForThisProcess, readPidFile } from './pid-file.ts'
import { processIdentity } from './process-identity.ts'
import type { ProcessEvent, ProcessSpec } from './process-spec.ts'
import { type Supervised, superviseProcess } from './supervise-process.ts'

const LIVES_ON = 'setInterval(() => {}, 1000)'

describe('a supervised process', () => {
  let directory: string
  let events: ProcessEvent[]
  let running: Supervised[]

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'supervisor-'))
    events = []
    running = []
  })
  afterEach(async () => {
    for (const process of running) process.kill()
    await Promise.all(running.map((process) => process.stop()))
    await rm(directory, { recursive: true, force: true })
  })

  /** A Node program that makes a file when it is up, which is what readiness looks at. */
  function spec(program: string, change: Partial<ProcessSpec> = {}): ProcessSpec {
    const up = join(directory, 'up')
    return {
      name: 'fake',
      command: process.execPath,
      args: ['-e', `require('fs').writeFileSync(${JSON.stringify(up)}, ''); ${program}`],
      cwd: directory,
      env: process.env,
      logFile: join(directory, 'fake.log'),
      pidFile: join(directory, 'fake.pid'),
      isReady: () => access(up).then(() => true),
      readyWithinMs: 5_000,
      stopWithinMs: 5_000,
      startTries: 2,
      finalExitCodes: [78],
      backoff: { firstMs: 10, mostMs: 40 },
      ...change,
    }
  }

  function supervise(described: ProcessSpec): Supervised {
    const supervised = superviseProcess(described, (event) => events.push(event))
    running.push(supervised)
    return supervised
  }

  const pidNow = () => readPidFile(join(directory, 'fake.pid'))?.pid
  const ofType = <T extends ProcessEvent['type']>(type: T) =>
    events.filter((event): event is Extract<ProcessEvent, { type: T }> => event.type === type)

  it('is started again, and said so, when it is killed', async () => {
    const supervised = supervise(spec(LIVES_ON))
    await supervised.firstReady
    const first = pidNow()
    process.kill(first ?? 0, 'SIGKILL')
    await vi.waitFor(() => expect(ofType('ready')).toHaveLength(2), { timeout: 5_000 })
    expect(pidNow()).not.toBe(first)
    expect(ofType('died')).toEqual([expect.objectContaining({ how: 'ended by SIGKILL', restartInMs: 10 })])
  })

  it('that dies again and again is started after ever longer waits', async () => {
    supervise(spec('process.exit(1)', { startTries: 6, isReady: async () => false }))
    await vi.waitFor(() => expect(ofType('failed')).toHaveLength(1), { timeout: 10_000 })
    expect(ofType('died').map((event) => event.restartInMs)).toEqual([10, 20, 40, 40, 40])
  })

  it('that never becomes ready fails after its tries, with its last words', async () => {
    const supervised = supervise(
      spec(`console.error('Error: the data is damaged'); process.exit(3)`, { isReady: async () => false }),
    )
    await expect(supervised.firstReady).rejects.toThrow('fake failed (exit code 3): Error: the data is damaged')
    expect(ofType('started')).toHaveLength(2)
  })

  it('that hangs before it is ready is ended and counts as failed', async () => {
    const supervised = supervise(spec(LIVES_ON, { isReady: async () => false, readyWithinMs: 300, startTries: 1 }))
    await expect(supervised.firstReady).rejects.toThrow('not ready within 0.3 s')
    expect(pidNow()).toBeUndefined()
  })

  it('that says its configuration is wrong is not started again', async () => {
    const supervised = supervise(spec(`console.error('PORT is wrong'); process.exit(78)`, { startTries: 5 }))
    const failure = await supervised.failed
    expect(failure.event).toMatchObject({ exitCode: 78, lastWords: 'PORT is wrong' })
    expect(ofType('started')).toHaveLength(1)
  })

  it('that cannot be started at all fails with the reason', async () => {
    const supervised = supervise(spec('', { command: join(directory, 'absent'), startTries: 1 }))
    await expect(supervised.firstReady).rejects.toThrow('could not be started')
  })

  it('gets SIGTERM and the time to finish when it is stopped', async () => {
    const program = `process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit(0) }, 200)); ${LIVES_ON}`
    const supervised = supervise(spec(program))
    await supervised.firstReady
    await supervised.stop()
    expect(readFileSync(join(directory, 'fake.log'), 'utf8')).toBe('drained\n')
    expect(ofType('stopped')).toEqual([{ type: 'stopped', name: 'fake', killed: false }])
    expect(ofType('died')).toEqual([])
  })

  it('that ignores SIGTERM is killed after the deadline, with what it has started itself', async () => {
    const child = join(directory, 'child')
    const program = `process.on('SIGTERM', () => {})
      const { spawn } = require('child_process')
      const { pid } = spawn(process.execPath, ['-e', ${JSON.stringify(LIVES_ON)}])
      require('fs').writeFileSync(${JSON.stringify(child)}, String(pid)); ${LIVES_ON}`
    const supervised = supervise(spec(program, { stopWithinMs: 200, isReady: () => access(child).then(() => true) }))
    await supervised.firstReady
    const grandchild = Number(readFileSync(child, 'utf8'))
    await supervised.stop()
    expect(ofType('stopped')).toEqual([{ type: 'stopped', name: 'fake', killed: true }])
    await vi.waitFor(() => expect(processIdentity(grandchild)).toBeUndefined(), { timeout: 2_000 })
  })

  it('is not started again when it is stopped while it waits for a restart', async () => {
    const supervised = supervise(spec('process.exit(1)', { backoff: { firstMs: 60_000, mostMs: 60_000 } }))
    await vi.waitFor(() => expect(ofType('died')).toHaveLength(1), { timeout: 5_000 })
    await supervised.stop()
    expect(ofType('started')).toHaveLength(1)
  })

  it('is found and stopped by its pid file when its supervisor is gone', async () => {
    await supervise(spec(LIVES_ON)).firstReady
    const said: string[] = []
    const orphans = await findOrphans(directory, ['fake', 'another'])
    expect(orphans).toMatchObject([{ name: 'fake', process: { pid: pidNow() } }])
    // Its own supervisor, which in this test still lives, must not bring it back.
    const stopped = running[0]?.stop()
    await stopOrphans(orphans, 5_000, (line) => said.push(line))
    await stopped
    expect(said).toEqual([expect.stringContaining('still runs without its supervisor')])
    expect(await findOrphans(directory, ['fake'])).toEqual([])
  })
})

describe('a pid file', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'pid-file-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  it('does not take another process of the same id for the one it recorded', async () => {
    const path = join(directory, 'old.pid')
    await writeFile(path, JSON.stringify({ pid: process.pid, identity: 'an earlier boot/1' }))
    expect(readPidFile(path)).toBeUndefined()
  })

  it('is a lock that one process holds, and that is taken over from a dead one', async () => {
    const path = join(directory, 'lock.pid')
    await writeFile(path, JSON.stringify({ pid: 999_999_999, identity: 'dead' }))
    expect(lockForThisProcess(path)).toBe(true)
    expect(lockForThisProcess(path)).toMatchObject({ pid: process.pid })
  })
})
