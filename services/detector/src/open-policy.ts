import { type CompiledPolicy, compilePolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import { warnAboutPolicy } from '@buyer-group/rules/significance/policy-problems.ts'
import {
  policyOfTypes,
  type SignificancePolicy,
  significancePolicySchema,
} from '@buyer-group/rules/significance/significance-policy.ts'
import { DEFAULT_SIGNIFICANT_TYPES } from '@buyer-group/rules/significance/significant-types.ts'
import type { Versioned } from '@buyer-group/shared/config/content-version.ts'
import type { ReloadingFile, ReloadLogger } from '@buyer-group/shared/config/reloading.ts'
import { builtIn, openReloadingFile, type ReloadingFileOptions } from '@buyer-group/shared/config/reloading-file.ts'
import type { DetectorConfig } from './config.ts'

interface PolicyOptions
  extends Pick<ReloadingFileOptions<typeof significancePolicySchema>, 'metrics' | 'onReload' | 'watch'> {
  readonly logger: ReloadLogger & { warn(fields: object, message: string): void }
}

/**
 * The significance policy in the file, watched for changes and compiled once a version; where no file is named, the
 * contract's with the types that are configured. Warns of what a version may name in vain.
 * @throws ConfigError where the file cannot be used.
 */
export async function openPolicy(
  config: Pick<DetectorConfig, 'SIGNIFICANCE_POLICY' | 'SIGNIFICANT_TYPES' | 'WEBHOOK_SOURCES'>,
  options: PolicyOptions,
): Promise<ReloadingFile<CompiledPolicy>> {
  const { SIGNIFICANCE_POLICY: path, SIGNIFICANT_TYPES: types = DEFAULT_SIGNIFICANT_TYPES } = config
  const variable = path === undefined ? 'SIGNIFICANT_TYPES' : 'SIGNIFICANCE_POLICY'
  let compiled: Versioned<CompiledPolicy> | undefined
  const current = () => {
    const { value, version } = file.current()
    if (compiled?.version === version) return compiled
    for (const warning of warnAboutPolicy(value, config.WEBHOOK_SOURCES)) {
      options.logger.warn({ variable, version }, warning)
    }
    compiled = { value: compilePolicy(value), version }
    return compiled
  }
  const onReload: PolicyOptions['onReload'] = (outcome) => {
    current()
    options.onReload?.(outcome)
  }
  const file: ReloadingFile<SignificancePolicy> =
    path === undefined
      ? builtIn(policyOfTypes(types))
      : await openReloadingFile({ ...options, variable, path, schema: significancePolicySchema, onReload })
  current()
  return { current, close: file.close }
}
