import { describe, expect, it } from 'vitest'
import { candidatePorts, pinnedPort } from './ports.ts'

describe('the ports to try', () => {
  it('begin with the default one and go on with those after it', () => {
    expect(candidatePorts(9092, undefined).slice(0, 3)).toEqual([9092, 9093, 9094])
  })

  it('begin with the port of the last start, so that stored addresses go on working', () => {
    expect(candidatePorts(9092, 9094).slice(0, 4)).toEqual([9094, 9092, 9093, 9095])
  })
})

describe('a pinned port', () => {
  it('is the number in the variable, and none when the variable is empty', () => {
    expect(pinnedPort({ INGEST_PORT: '8080' }, 'INGEST_PORT')).toBe(8080)
    expect(pinnedPort({ INGEST_PORT: '' }, 'INGEST_PORT')).toBeUndefined()
  })

  it.each(['0', '65536', '80a', '-1', '1e3'])('%s is refused with the name of the variable', (value) => {
    expect(() => pinnedPort({ INGEST_PORT: value }, 'INGEST_PORT')).toThrow(`INGEST_PORT is "${value}"`)
  })
})
