import { runService } from '@buyer-group/shared/process/run-service.ts'
import { detectorConfigSchema } from './config.ts'
import { startDetector } from './start-detector.ts'

await runService({ name: 'detector', configSchema: detectorConfigSchema, start: startDetector })
