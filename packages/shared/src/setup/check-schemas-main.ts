import { readConfig } from '../config/read-config.ts'
import { checkSchemas } from './check-schemas.ts'
import { schemasCheckConfig } from './config.ts'
import { runCli } from './run-cli.ts'

await runCli('schemas:check', async () => {
  const config = readConfig(schemasCheckConfig, process.env)
  const checks = await checkSchemas(config.SCHEMA_REGISTRY_URL, config.TOPIC_PREFIX)
  for (const { topic, state, problems } of checks) {
    console.log([`${topic}: ${state}`, ...problems].join('; '))
    if (state === 'incompatible' || problems.length > 0) process.exitCode = 1
  }
})
