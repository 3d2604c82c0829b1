import type { Migration } from './migration.ts'

/** The index by which scheduled refreshes find the oldest groups; the company's id orders groups of one instant. */
export const agedGroupsMigration: Migration = {
  name: '0003-aged-groups',
  async up({ db }) {
    await db.collection('buyer_groups').createIndex({ refreshedAt: 1, companyId: 1 })
  },
}
