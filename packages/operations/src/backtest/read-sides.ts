import { buyerGroupProfileSchema } from '@buyer-group/rules/membership/buyer-group-profile.ts'
import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import { compilePolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import { policyOfTypes, significancePolicySchema } from '@buyer-group/rules/significance/significance-policy.ts'
import { DEFAULT_SIGNIFICANT_TYPES } from '@buyer-group/rules/significance/significant-types.ts'
import { versioned } from '@buyer-group/shared/config/content-version.ts'
import { requireJsonFile } from '../command-line/require-json-file.ts'
import type { BacktestConfig } from './config.ts'
import type { BacktestReport } from './rules/backtest-report.ts'
import type { SideRules, Sides } from './rules/side.ts'

/** The files of the candidate; what is not given stays as it is now. */
export interface CandidateFiles {
  readonly policy?: string | undefined
  readonly profile?: string | undefined
}

/**
 * The rules that the services have by this environment, and the same with the candidate's files in their place.
 * @throws ConfigError naming the option or variable whose file cannot be used.
 */
export async function readSides(
  config: BacktestConfig,
  files: CandidateFiles,
): Promise<{ readonly sides: Sides<SideRules>; readonly versions: BacktestReport['versions'] }> {
  const readPolicy = (name: string, path: string) => requireJsonFile(name, path, significancePolicySchema)
  const readProfile = (name: string, path: string) => requireJsonFile(name, path, buyerGroupProfileSchema)
  const policy = versioned(
    config.SIGNIFICANCE_POLICY === undefined
      ? policyOfTypes(config.SIGNIFICANT_TYPES ?? DEFAULT_SIGNIFICANT_TYPES)
      : await readPolicy('SIGNIFICANCE_POLICY', config.SIGNIFICANCE_POLICY),
  )
  const profile = versioned(
    config.BUYER_GROUP_PROFILE === undefined
      ? DEFAULT_PROFILE
      : await readProfile('BUYER_GROUP_PROFILE', config.BUYER_GROUP_PROFILE),
  )
  const newPolicy = files.policy === undefined ? policy : versioned(await readPolicy('--policy', files.policy))
  const newProfile = files.profile === undefined ? profile : versioned(await readProfile('--profile', files.profile))
  return {
    sides: {
      current: { policy: compilePolicy(policy.value), profile: profile.value },
      candidate: { policy: compilePolicy(newPolicy.value), profile: newProfile.value },
    },
    versions: {
      current: { policy: policy.version, profile: profile.version },
      candidate: { policy: newPolicy.version, profile: newProfile.version },
    },
  }
}
