import { expect, it } from 'vitest'
import { formatEnvFile, parseEnvFile } from './env-file.ts'

it('reads what it writes, equals signs in values included', () => {
  const values = { MONGODB_URI: 'mongodb://127.0.0.1:27017/?replicaSet=buyer-groups', EMPTY: '' }
  expect(parseEnvFile(formatEnvFile(values))).toEqual(values)
})

it('passes over comments, blank lines and carriage returns', () => {
  expect(parseEnvFile('# addresses\r\n\r\nA=1\r\nB=two words\r\n')).toEqual({ A: '1', B: 'two words' })
})

it('refuses a line without a name, and a value that would break into two lines', () => {
  expect(() => parseEnvFile('A=1\nnonsense\n')).toThrow('line 2')
  expect(() => formatEnvFile({ A: '1\nB=2' })).toThrow('A holds a line break')
})
