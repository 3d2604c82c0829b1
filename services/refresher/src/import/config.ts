import { commonConfig } from '@buyer-group/shared/config/common.ts'
import { z } from 'zod'

const { MONGODB_URI, MONGODB_DATABASE, LOG_LEVEL } = commonConfig

/** What `npm run import` reads from the environment. */
export const importConfig = z.object({
  MONGODB_URI,
  MONGODB_DATABASE,
  LOG_LEVEL: LOG_LEVEL.prefault('warn'),
})
