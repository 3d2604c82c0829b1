import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSmallDisk } from './small-disk.ts'

const MIB = 1024 * 1024

test('a small disk is full when it is filled, and has room again afterwards', async ({ skip }) => {
  const disk = await openSmallDisk(onTestFinished, 8 * MIB)
  if (disk === undefined) return skip('this kernel opens no namespace for this user')
  const file = join(disk.directory.data, 'file')
  await disk.fill(MIB)
  await expect(writeFile(file, Buffer.alloc(2 * MIB))).rejects.toMatchObject({ code: 'ENOSPC' })
  await disk.free()
  await writeFile(file, Buffer.alloc(2 * MIB))
  expect(await disk.freeBytes()).toBeLessThan(7 * MIB)
})
