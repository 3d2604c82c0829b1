import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'
import { type PositionChange, savePositions } from '../directory/save-positions.ts'
import { changedByOf, type Origin } from './to-stored.ts'

/** Positions written together. */
const BATCH = 1_000
/** Companies asked for together. */
const COMPANIES = 200

/**
 * Ends the active positions at these companies that are older than the import. Every position in the file has been
 * saved before and is as new as the import, so what is older is what the file does not hold: no list of rows is needed.
 * Returns how many it ended. Safe to run again.
 */
export async function retireAbsent(
  positions: Collection<PositionDoc>,
  companyIds: readonly string[],
  origin: Origin,
): Promise<number> {
  let retired = 0
  for (let start = 0; start < companyIds.length; start += COMPANIES) {
    retired += await retireAt(positions, companyIds.slice(start, start + COMPANIES), origin)
  }
  return retired
}

async function retireAt(
  positions: Collection<PositionDoc>,
  companyIds: readonly string[],
  { source, asOf }: Origin,
): Promise<number> {
  const changedBy = changedByOf(source)
  const older = [{ changedAt: { $lt: asOf } }, { changedAt: asOf, changedBy: { $lt: changedBy } }]
  const stored = positions.find(
    { companyId: { $in: [...companyIds] }, active: true, $or: older },
    { projection: { _id: 0, companyId: 1, personId: 1 } },
  )
  let retired = 0
  let batch: PositionChange[] = []
  const save = async () => {
    await savePositions(positions, batch)
    retired += batch.length
    batch = []
  }
  for await (const { companyId, personId } of stored) {
    batch.push({ companyId, personId, active: false, title: null, department: null, changedAt: asOf, changedBy })
    if (batch.length === BATCH) await save()
  }
  await save()
  return retired
}
