import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lastWords } from './last-words.ts'

describe('the last words of a process', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'last-words-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  async function words(log: string, since = 0): Promise<string> {
    const path = join(directory, 'log')
    await writeFile(path, log)
    return lastWords(path, since)
  }

  it("are a logger's first error, which is the cause of those after it", async () => {
    const log = 'INFO starting\n[2026-01-01] ERROR the disk is full (kafka)\n[2026-01-01] ERROR exiting\nINFO bye\n'
    expect(await words(log)).toBe('[2026-01-01] ERROR the disk is full (kafka)')
  })

  it('are the sentence of a JSON line, with what mongod adds to it', async () => {
    const log =
      '{"s":"I","msg":"up"}\n{"s":"E","msg":"WiredTiger error","attr":{"message":"bad file"}}\n{"s":"F","msg":"Fatal"}\n'
    expect(await words(log)).toBe('WiredTiger error "bad file"')
  })

  it('pass over the frames of a stack trace', async () => {
    expect(await words('node:internal\nError: no such host\n    at connect (net.js:1)\n\nNode.js v24.9.0\n')).toBe(
      'Error: no such host',
    )
  })

  it('begin where this life of the process began to write', async () => {
    const before = 'ERROR of an earlier life\n'
    expect(await words(`${before}all is well\n`, before.length)).toBe('all is well')
  })

  it('are none when there is no log', () => {
    expect(lastWords(join(directory, 'absent'), 0)).toBe('')
  })
})
