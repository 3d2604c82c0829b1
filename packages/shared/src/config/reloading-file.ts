import type { z } from 'zod'
import { type Json, versioned } from './content-version.ts'
import { readJsonFile } from './read-json-file.ts'
import { openReloading, type ReloadingFile, type ReloadingOptions } from './reloading.ts'

export interface ReloadingFileOptions<Schema extends z.ZodType<Json>> extends Omit<ReloadingOptions<unknown>, 'read'> {
  /** Its output must be plain JSON, so that its content has a version. */
  readonly schema: Schema
  /** 256 KiB unless told otherwise. */
  readonly maxBytes?: number
}

const MAX_BYTES = 256 * 1024

/**
 * A JSON file as a reloading value (see `openReloading`).
 * @throws ConfigError (exit code 78) where the file cannot be used at the start, naming every issue.
 */
export function openReloadingFile<Schema extends z.ZodType<Json>>(
  options: ReloadingFileOptions<Schema>,
): Promise<ReloadingFile<z.output<Schema>>> {
  const { path, schema, maxBytes = MAX_BYTES } = options
  return openReloading<z.output<Schema>>({
    ...options,
    read: async () => {
      const read = await readJsonFile({ path, schema, maxBytes })
      return read.ok ? { ok: true, current: versioned(read.value) } : read
    },
  })
}

/** A value that is built in, where no file is named. */
export function builtIn<Value extends Json>(value: Value): ReloadingFile<Value> {
  const only = versioned(value)
  return { current: () => only, close: () => {} }
}
