import { describe, expect, it } from 'vitest'
import { checkPrerequisites, type Machinery, missingPrerequisites, type Needs } from './check-prerequisites.ts'

const EVERYTHING: Needs = { java: true, maven: true, pip: true, mongod: { from: 'wheel' } }
const COMPLETE: Machinery = { platform: 'linux', javaMajor: () => 17, hasMaven: () => true, hasPip: () => true }

describe('the prerequisites', () => {
  it('of a complete machine lack nothing', () => {
    expect(missingPrerequisites(EVERYTHING, COMPLETE)).toEqual([])
  })

  it('that are missing are named together in one sentence with what to install', () => {
    const bare: Machinery = { ...COMPLETE, javaMajor: () => undefined, hasMaven: () => false, hasPip: () => false }
    expect(() => checkPrerequisites(EVERYTHING, bare)).toThrow(
      /^The local stack cannot start: .*Java 17 or later \(none was found\): install it .*Maven .*python3-pip.*\.$/,
    )
  })

  it('name the version of a Java that is too old', () => {
    expect(missingPrerequisites(EVERYTHING, { ...COMPLETE, javaMajor: () => 11 })).toEqual([
      expect.stringContaining('found Java 11'),
    ])
  })

  it('are not asked for when nothing needs them', () => {
    const nothing: Needs = { java: false, maven: false, pip: false, mongod: undefined }
    const untouched = () => expect.unreachable('asked without need')
    const machine: Machinery = { platform: 'win32', javaMajor: untouched, hasMaven: untouched, hasPip: untouched }
    expect(missingPrerequisites(nothing, machine)).toEqual([])
  })

  it('cannot be met where no MongoDB fits, which names the platform and the ways out', () => {
    const needs: Needs = { ...EVERYTHING, pip: false, mongod: { from: 'nowhere', platform: 'linux x64 without glibc' } }
    expect(missingPrerequisites(needs, COMPLETE)).toEqual([
      expect.stringMatching(/linux x64 without glibc.*mongod is on the PATH, or set MONGODB_URI/),
    ])
  })
})
