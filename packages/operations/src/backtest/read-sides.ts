import { buyerGroupProfileSchema } from '@buyer-group/rules/membership/buyer-group-profile.ts'
import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import { compilePolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import { warnAboutPolicy } from '@buyer-group/rules/significance/policy-problems.ts'
import {
  policyOfTypes,
  type SignificancePolicy,
  significancePolicySchema,
} from '@buyer-group/rules/significance/significance-policy.ts'
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

/** Both sides' rules, and what is to be known of them before any event is read. */
export interface ReadSides {
  readonly sides: Sides<SideRules>
  readonly versions: BacktestReport['versions']
  /** The policy to try as its file says it; undefined where it is the one in use. */
  readonly triedPolicy: SignificancePolicy | undefined
  /** What the policies may name in vain, each sentence with the option or variable before it. */
  readonly warnings: readonly string[]
}

/**
 * The rules that the services have by this environment, and the same with the candidate's files in their place.
 * @throws ConfigError naming the option or variable whose file cannot be used.
 */
export async function readSides(config: BacktestConfig, files: CandidateFiles): Promise<ReadSides> {
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
  const tried = files.policy === undefined ? undefined : versioned(await readPolicy('--policy', files.policy))
  const newPolicy = tried ?? policy
  const newProfile = files.profile === undefined ? profile : versioned(await readProfile('--profile', files.profile))
  const warn = (name: string, { value }: typeof policy) =>
    warnAboutPolicy(value, config.WEBHOOK_SOURCES).map((warning) => `${name}: ${warning}`)
  return {
    sides: {
      current: { policy: compilePolicy(policy.value), profile: profile.value },
      candidate: { policy: compilePolicy(newPolicy.value), profile: newProfile.value },
    },
    versions: {
      current: { policy: policy.version, profile: profile.version },
      candidate: { policy: newPolicy.version, profile: newProfile.version },
    },
    triedPolicy: tried?.value,
    warnings: [
      ...warn(config.SIGNIFICANCE_POLICY === undefined ? 'SIGNIFICANT_TYPES' : 'SIGNIFICANCE_POLICY', policy),
      ...(tried === undefined ? [] : warn('--policy', tried)),
    ],
  }
}
