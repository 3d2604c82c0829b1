import { runService } from '@buyer-group/shared/process/run-service.ts'
import { ingestConfigSchema } from './config.ts'
import { startIngest } from './start-ingest.ts'

await runService({ name: 'ingest', configSchema: ingestConfigSchema, start: startIngest })
