import { runService } from '@buyer-group/shared/process/run-service.ts'
import { refresherConfigSchema } from './config.ts'
import { startRefresher } from './start-refresher.ts'

await runService({ name: 'refresher', configSchema: refresherConfigSchema, start: startRefresher })
