import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { StackDirectory } from '../stack-directory.ts'
import { type EnvValues, formatEnvFile, parseEnvFile } from './env-file.ts'

/** The sources that the local stack and the demo accept: the contract's defaults and the example data's. */
const LOCAL_SOURCES = 'coresignal,linkedin,test,congress'

/** The secrets of this stack: made up once, at random, and kept between starts; readable by their owner alone. */
export async function stackSecrets(directory: StackDirectory): Promise<EnvValues> {
  const kept = await readEnvFile(directory.secretsFile)
  if (kept?.WEBHOOK_SECRET && kept.API_TOKEN) return kept
  const made = { WEBHOOK_SECRET: randomBytes(32).toString('hex'), API_TOKEN: randomBytes(32).toString('hex'), ...kept }
  await writePrivately(directory.secretsFile, formatEnvFile(made))
  return made
}

/** Writes what a service needs to use this stack. */
export async function writeStackEnv(directory: StackDirectory, addresses: EnvValues): Promise<EnvValues> {
  const values = { ...addresses, ...(await stackSecrets(directory)), WEBHOOK_SOURCES: LOCAL_SOURCES }
  await writePrivately(directory.envFile, formatEnvFile(values))
  return values
}

/** What {@link writeStackEnv} wrote, or undefined when the stack does not run. */
export function readStackEnv(directory: StackDirectory): Promise<EnvValues | undefined> {
  return readEnvFile(directory.envFile)
}

export async function removeStackEnv(directory: StackDirectory): Promise<void> {
  await rm(directory.envFile, { force: true })
}

async function readEnvFile(path: string): Promise<Record<string, string> | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : parseEnvFile(text)
}

async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}`
  await writeFile(temporary, text, { mode: 0o600 })
  await rename(temporary, path)
}
