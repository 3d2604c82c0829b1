import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sampleRequest } from './sample-request.ts'

it('signs the very bytes that it posts, as a provider must', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sample-request-'))
  try {
    const curl = join(directory, 'curl')
    await writeFile(curl, `#!/bin/sh\nfor a; do printf '%s\\0' "$a"; done > "${directory}/arguments"\n`)
    await chmod(curl, 0o755)
    execFileSync('bash', ['-c', sampleRequest('http://127.0.0.1:3000/x', 'secret')], {
      env: { PATH: `${directory}:${process.env.PATH}` },
    })

    const sent = (await readFile(join(directory, 'arguments'), 'utf8')).split('\0')
    const header = (name: string) => sent.find((argument) => argument.startsWith(`${name}: `))?.slice(name.length + 2)
    const body = sent[sent.indexOf('--data-binary') + 1] ?? ''
    const expected = createHmac('sha256', 'secret')
      .update(`${header('x-timestamp')}.${body}`)
      .digest('hex')
    expect(header('x-signature')).toBe(expected)
    expect(Math.abs(Number(header('x-timestamp')) - Date.now())).toBeLessThan(60_000)
    expect(JSON.parse(body)).toMatchObject({ source: 'test', type: 'person.role_change', company: { id: 'c-1' } })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
