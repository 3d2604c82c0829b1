import type { OutboxCommand } from '@buyer-group/shared/mongo/collections.ts'
import { expect, test } from 'vitest'
import { toCommandHeaders, toRefreshCommand } from './to-refresh-command.ts'
import { toRefreshLog } from './to-refresh-log.ts'

const stored: OutboxCommand = {
  commandId: 'acme:7',
  companyId: 'acme',
  companyName: 'Acme Inc',
  workspaceId: 'default',
  reason: 'webhook',
  priority: 'normal',
  changeTypes: ['person.promotion'],
  triggeredBy: ['test:p1'],
  triggeredByCount: 1,
  sequence: 7,
  requestedAt: new Date('2026-01-15T09:30:00.250Z'),
}

test('a command is what was stored with its claim, times as milliseconds', () => {
  expect(toRefreshCommand(stored)).toEqual({ ...stored, requestedAt: Date.parse('2026-01-15T09:30:00.250Z') })
})

test('its headers name the command, its time and the trace it belongs to', () => {
  expect(toCommandHeaders(stored, '00-aa')).toMatchObject({
    ce_id: 'acme:7',
    ce_time: '2026-01-15T09:30:00.250Z',
    traceparent: '00-aa',
  })
  expect(toCommandHeaders(stored, undefined)).not.toHaveProperty('traceparent')
})

test('its log begins pending, at its claim, and is kept for 90 days', () => {
  expect(toRefreshLog(stored)).toEqual({
    commandId: 'acme:7',
    companyId: 'acme',
    workspaceId: 'default',
    reason: 'webhook',
    triggeredBy: ['test:p1'],
    status: 'pending',
    sequence: 7,
    startedAt: stored.requestedAt,
    expiresAt: new Date('2026-04-15T09:30:00.250Z'),
  })
})
