import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { choosePort } from '../state/ports.ts'
import { portOwner } from './port-owner.ts'

it('a pinned port that is taken is refused with the process that has it and the variable to set', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  try {
    expect(portOwner(port)?.pid).toBe(process.pid)
    await expect(
      choosePort({ INGEST_PORT: String(port) }, { variable: 'INGEST_PORT', defaultPort: 3000, what: 'ingest' }),
    ).rejects.toThrow(
      new RegExp(
        `Port ${port} for ingest is in use by process ${process.pid} \\(.*\\): .* set INGEST_PORT to a free port`,
      ),
    )
    expect(await choosePort({}, { variable: 'X', defaultPort: port, what: 'ingest' })).toBeGreaterThan(port)
  } finally {
    server.close()
  }
})
