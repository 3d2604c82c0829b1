import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { createReloadMetrics } from './reload-metrics.ts'
import { builtIn, openReloadingFile, type ReloadingFileOptions } from './reloading-file.ts'

const schema = z.strictObject({ size: z.int().min(1), names: z.array(z.string()).default([]) })

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'reloading-file-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

/** A file in a directory of its own, watched for real unless told otherwise. */
async function open(text: string, more: Partial<ReloadingFileOptions<typeof schema>> = {}) {
  const path = join(await directory(), 'sizes.json')
  await writeFile(path, text)
  return openAt(path, more)
}

async function openAt(path: string, more: Partial<ReloadingFileOptions<typeof schema>> = {}) {
  const lines: unknown[] = []
  const write = (fields: object, message: string) => lines.push({ ...fields, message })
  const outcomes = new Queue()
  const file = await openReloadingFile({
    variable: 'SIZES',
    path,
    schema,
    logger: { info: write, error: write },
    onReload: (outcome) => outcomes.push(outcome),
    ...more,
  })
  onTestFinished(file.close)
  return { file, path, lines, next: () => outcomes.next() }
}

/** At once, so that no reader sees half of it. */
async function replace(path: string, text: string) {
  await writeFile(`${path}.tmp`, text)
  await rename(`${path}.tmp`, path)
}

/** Outcomes in order, each handed out once, waited for where there is none yet. */
class Queue {
  #settle = Promise.withResolvers<string>()
  readonly #given: Promise<string>[] = [this.#settle.promise]
  push(outcome: string) {
    this.#settle.resolve(outcome)
    this.#settle = Promise.withResolvers<string>()
    this.#given.push(this.#settle.promise)
  }
  next() {
    return this.#given.shift()
  }
}

/** A watch that reports nothing but what the test tells it to. */
function handWatch() {
  const hand = { change: () => {}, isClosed: false }
  const watch = (_path: string, onChange: () => void) => {
    hand.change = onChange
    return () => {
      hand.isClosed = true
    }
  }
  return { hand, watch }
}

test('gives the file’s value with a version that depends on the content alone', async () => {
  const { file } = await open('{"size": 3, "names": ["a"]}')
  const { file: same } = await open('\uFEFF{ "names": ["a"],\n "size": 3 }')
  const { file: other } = await open('{"size": 4}')
  expect(file.current()).toEqual({ value: { size: 3, names: ['a'] }, version: expect.stringMatching(/^[0-9a-f]{12}$/) })
  expect(same.current().version).toBe(file.current().version)
  expect(other.current().version).not.toBe(file.current().version)
  expect(builtIn({ size: 3, names: ['a'] }).current()).toEqual(file.current())
})

test.each([
  ['is not valid JSON: see line 2 column 1', '{"size": 3,\n}'],
  ['is not valid JSON', '{"secret": hunter2}'],
  [
    'is not valid: size: Invalid input: expected number, received string; Unrecognized key: "colour"',
    '{"size":"hunter2","colour":1}',
  ],
  ['is larger than 64 bytes', `{"size": 3, "names": ["${'x'.repeat(64)}"]}`],
  ['is not valid JSON', ''],
])('refuses at the start a file that %s, without quoting it', async (problem, text) => {
  const { hand, watch } = handWatch()
  const opening = open(text, { watch, maxBytes: 64 })
  await expect(opening).rejects.toMatchObject({ code: 'bad_configuration' })
  await expect(opening).rejects.toThrow(new RegExp(`^SIZES names the file \\S+sizes.json, which ${problem}\\.$`))
  await expect(opening).rejects.not.toThrow(/hunter2/)
  expect(hand.isClosed).toBe(true)
})

test('refuses at the start a file that is not there, and what is no file or no text', async () => {
  const path = await directory()
  await expect(openAt(join(path, 'none.json'))).rejects.toThrow(
    `SIZES names the file ${path}/none.json, which does not exist.`,
  )
  await expect(openAt(path)).rejects.toThrow('is not a regular file')
  await writeFile(join(path, 'latin1.json'), Buffer.from([0x22, 0xe9, 0x22]))
  await expect(openAt(join(path, 'latin1.json'))).rejects.toThrow('is not UTF-8 text')
})

test('names at most twenty issues of a file that is something else altogether', async () => {
  const names = JSON.stringify(Array.from({ length: 50 }, (_, index) => index))
  await expect(open(`{"size": 1, "names": ${names}}`)).rejects.toThrow(/names\[19\][^;]*; and 30 more\.$/)
})

test('takes a changed file into use, and says from which version to which', async () => {
  const { file, path, lines, next } = await open('{"size": 3}')
  const from = file.current().version
  await replace(path, '{"size": 4}')
  expect(await next()).toBe('reloaded')
  expect(file.current().value.size).toBe(4)
  const to = file.current().version
  expect(lines).toEqual([{ variable: 'SIZES', path, from, to, message: 'the changed file is in use' }])
})

test('refuses a change that cannot be used with one line, and keeps the value before', async () => {
  const { hand, watch } = handWatch()
  const registry = new Registry()
  const { file, path, lines, next } = await open('{"size": 3}', { watch, metrics: createReloadMetrics(registry) })
  const before = file.current()
  for (const text of ['{"size"', '{"size": 0}']) {
    await replace(path, text)
    hand.change()
    expect(await next()).toBe('refused')
    hand.change()
  }
  expect(file.current()).toBe(before)
  expect(lines).toMatchObject([
    { version: before.version, message: 'the changed file is not valid JSON: see line 1 column 8; it is not used' },
    { message: expect.stringContaining('size: Too small') },
  ])
  expect(await registry.metrics()).toContain('config_file_last_reload_successful{variable="SIZES"} 0')

  await rm(path)
  hand.change()
  expect(await next()).toBe('refused')
  await replace(path, '{"size": 3}')
  hand.change()
  expect(await next()).toBe('reloaded')
  const metrics = await registry.metrics()
  expect(metrics).toContain('config_file_last_reload_successful{variable="SIZES"} 1')
  expect(metrics).toContain('config_file_reloads_total{variable="SIZES",outcome="refused"} 3')
  expect(metrics).toContain('config_file_reloads_total{variable="SIZES",outcome="reloaded"} 1')
})

test('sees a file that an editor replaces by rename', async () => {
  const { file, path, next } = await open('{"size": 3}')
  for (const size of [4, 5]) {
    await replace(path, `{"size": ${size}}`)
    expect(await next()).toBe('reloaded')
    expect(file.current().value.size).toBe(size)
  }
})

test('sees the swap of the link by which Kubernetes updates a mounted ConfigMap', async () => {
  const volume = await directory()
  const mount = async (name: string, size: number) => {
    await mkdir(join(volume, name))
    await writeFile(join(volume, name, 'sizes.json'), `{"size": ${size}}`)
    await symlink(name, join(volume, '..data_tmp'))
    await rename(join(volume, '..data_tmp'), join(volume, '..data'))
  }
  await mount('..2026_01', 3)
  await symlink('..data/sizes.json', join(volume, 'sizes.json'))
  const { file, next } = await openAt(join(volume, 'sizes.json'))
  await mount('..2026_02', 4)
  expect(await next()).toBe('reloaded')
  expect(file.current().value.size).toBe(4)
})

test('reads a link’s target again on SIGHUP, and no more once it is closed', async () => {
  const target = join(await directory(), 'target.json')
  const link = join(await directory(), 'sizes.json')
  await writeFile(target, '{"size": 3}')
  await symlink(target, link)
  const listeners = process.listenerCount('SIGHUP')
  const { file, next } = await openAt(link)
  await writeFile(target, '{"size": 4}')
  process.emit('SIGHUP')
  expect(await next()).toBe('reloaded')
  expect(file.current().value.size).toBe(4)
  file.close()
  expect(process.listenerCount('SIGHUP')).toBe(listeners)
})

test('misses no change that comes while the file is read', async () => {
  const { hand, watch } = handWatch()
  const path = join(await directory(), 'sizes.json')
  await writeFile(path, '{"size": 3}')
  const opening = openAt(path, { watch })
  await replace(path, '{"size": 4}')
  hand.change()
  const { file } = await opening
  await expect.poll(() => file.current().value.size).toBe(4)

  for (const size of [5, 6]) {
    await replace(path, `{"size": ${size}}`)
    hand.change()
  }
  await expect.poll(() => file.current().value.size).toBe(6)
})
