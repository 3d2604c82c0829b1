import { describe, expect, it } from 'vitest'
import { chooseMongod, type Machine } from './mongod-source.ts'
import { javaMajor, mongodMajor } from './tools.ts'

const DEBIAN: Machine = { platform: 'linux', arch: 'x64', glibc: '2.36', mongodMajor: undefined }

describe('mongod comes', () => {
  it('from the PATH first', () => {
    expect(chooseMongod({ ...DEBIAN, mongodMajor: 7 })).toEqual({ from: 'path', major: 7 })
  })

  it('not from the PATH when that one is too old', () => {
    expect(chooseMongod({ ...DEBIAN, mongodMajor: 4 })).toEqual({ from: 'wheel' })
  })

  it('from the wheel on x86-64 with a glibc that it was built for, and from the other download elsewhere', () => {
    expect(chooseMongod(DEBIAN)).toEqual({ from: 'wheel' })
    expect(chooseMongod({ ...DEBIAN, glibc: '2.31' })).toEqual({ from: 'memory-server' })
    expect(chooseMongod({ ...DEBIAN, arch: 'arm64' })).toEqual({ from: 'memory-server' })
    expect(chooseMongod({ ...DEBIAN, platform: 'darwin', glibc: undefined })).toEqual({ from: 'memory-server' })
  })

  it('from nowhere without glibc', () => {
    expect(chooseMongod({ ...DEBIAN, glibc: undefined })).toEqual({
      from: 'nowhere',
      platform: 'linux x64 without glibc',
    })
  })
})

it('reads the versions that programs print of themselves', () => {
  expect(javaMajor('openjdk version "17.0.15" 2025-04-15')).toBe(17)
  expect(javaMajor('java version "1.8.0_402"')).toBe(8)
  expect(javaMajor('command not found')).toBeUndefined()
  expect(mongodMajor('db version v6.0.5\nBuild Info: {')).toBe(6)
})
