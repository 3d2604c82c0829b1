import { z } from 'zod'
import type { Adapter } from './adapter.ts'
import { nativeAdapter } from './native.ts'

/** Every format that is understood, by the name that `sources.json` calls it. */
export const ADAPTERS = { native: nativeAdapter } as const satisfies Record<string, Adapter>

export const adapterNameSchema = z.enum(Object.keys(ADAPTERS) as [keyof typeof ADAPTERS])
