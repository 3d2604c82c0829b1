import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { IMAGES } from './container-images.ts'

it('names the images that docker-compose.yml runs', () => {
  const compose = readFileSync(join(import.meta.dirname, '../../../../docker-compose.yml'), 'utf8')
  const used = [...compose.matchAll(/^ +image: (\S+:\S+)$/gm)].map(([, image]) => image)
  expect(used.toSorted()).toEqual(Object.values(IMAGES).toSorted())
})
