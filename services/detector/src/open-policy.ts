import { type CompiledPolicy, compilePolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import {
  policyOfTypes,
  type SignificancePolicy,
  significancePolicySchema,
} from '@buyer-group/rules/significance/significance-policy.ts'
import { DEFAULT_SIGNIFICANT_TYPES } from '@buyer-group/rules/significance/significant-types.ts'
import type { Versioned } from '@buyer-group/shared/config/content-version.ts'
import {
  builtIn,
  openReloadingFile,
  type ReloadingFile,
  type ReloadingFileOptions,
} from '@buyer-group/shared/config/reloading-file.ts'
import type { DetectorConfig } from './config.ts'

/**
 * The significance policy in the file, watched for changes and compiled once a version; where no file is named, the
 * contract's with the types that are configured.
 * @throws ConfigError where the file cannot be used.
 */
export async function openPolicy(
  config: Pick<DetectorConfig, 'SIGNIFICANCE_POLICY' | 'SIGNIFICANT_TYPES'>,
  options: Pick<ReloadingFileOptions<typeof significancePolicySchema>, 'logger' | 'metrics' | 'onReload' | 'watch'>,
): Promise<ReloadingFile<CompiledPolicy>> {
  const { SIGNIFICANCE_POLICY: path, SIGNIFICANT_TYPES: types = DEFAULT_SIGNIFICANT_TYPES } = config
  const file: ReloadingFile<SignificancePolicy> =
    path === undefined
      ? builtIn(policyOfTypes(types))
      : await openReloadingFile({ variable: 'SIGNIFICANCE_POLICY', path, schema: significancePolicySchema, ...options })
  let compiled: Versioned<CompiledPolicy> | undefined
  return {
    current: () => {
      const { value, version } = file.current()
      if (compiled?.version !== version) compiled = { value: compilePolicy(value), version }
      return compiled
    },
    close: file.close,
  }
}
