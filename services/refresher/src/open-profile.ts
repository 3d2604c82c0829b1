import { buyerGroupProfileSchema } from '@buyer-group/rules/membership/buyer-group-profile.ts'
import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import type { BuyerGroupProfile } from '@buyer-group/rules/membership/profile-parts.ts'
import type { ReloadingFile } from '@buyer-group/shared/config/reloading.ts'
import { builtIn, openReloadingFile, type ReloadingFileOptions } from '@buyer-group/shared/config/reloading-file.ts'

/**
 * The buyer-group profile in the file, watched for changes; the built-in one where no file is named.
 * @throws ConfigError where the file cannot be used.
 */
export async function openProfile(
  path: string | undefined,
  options: Pick<ReloadingFileOptions<typeof buyerGroupProfileSchema>, 'logger' | 'metrics' | 'onReload' | 'watch'>,
): Promise<ReloadingFile<BuyerGroupProfile>> {
  if (path === undefined) return builtIn(DEFAULT_PROFILE)
  return openReloadingFile({ variable: 'BUYER_GROUP_PROFILE', path, schema: buyerGroupProfileSchema, ...options })
}
