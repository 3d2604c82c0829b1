import type { Violation } from './audit-report.ts'
import type { AuditFacts } from './facts.ts'
import { violation } from './violation.ts'

/**
 * I1 where the broker gave up first: what it deleted beyond a consumer's committed offset can have been read by nobody,
 * and no account of single events sees it. Shows until the consumer goes on behind the gap and commits there.
 * A partition in which nothing is committed counts from its beginning: nobody can say that those messages were read.
 */
export function checkExpired({ committed, firstKept = new Map() }: AuditFacts): readonly Violation[] {
  return [...firstKept].flatMap(([partition, kept]) => {
    const next = committed.get(partition) ?? 0
    const count = kept - next
    if (count <= 0) return []
    const progress = next === 0 ? 'nothing' : next.toLocaleString('en')
    const messages = count === 1 ? '1 message' : `${count.toLocaleString('en')} messages`
    const sentence = `${messages} of ${partition} expired before its consumer came to them: it has committed ${progress}, the broker keeps them from ${kept.toLocaleString('en')} on`
    return [{ ...violation('expired_unread', { partition }, sentence), count }]
  })
}
