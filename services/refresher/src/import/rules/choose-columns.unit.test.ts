import { expect, test } from 'vitest'
import { chooseColumns, findColumnProblem } from './choose-columns.ts'

test('knows the headers of a Salesforce contact report', () => {
  const header = ['Contact ID', 'First Name', 'Last Name', 'Title', 'Account ID', 'Account Name', 'Email', 'Department']
  expect(chooseColumns(header, {})).toEqual({
    companyId: 'Account ID',
    personId: 'Contact ID',
    firstName: 'First Name',
    lastName: 'Last Name',
    title: 'Title',
    email: 'Email',
    department: 'Department',
  })
  expect(findColumnProblem(header, chooseColumns(header, {}))).toBeUndefined()
})

test('knows the headers of a HubSpot contact export', () => {
  const header = ['Record ID', 'First Name', 'Last Name', 'Email', 'Job Title', 'Associated Company IDs (Primary)']
  const columns = chooseColumns(header, {})
  expect(columns).toMatchObject({
    companyId: 'Associated Company IDs (Primary)',
    personId: 'Record ID',
    title: 'Job Title',
  })
  expect(findColumnProblem(header, columns)).toBeUndefined()
})

test('takes the most telling of several headers, and a given mapping before all of them', () => {
  const header = ['Id', 'ContactId', 'Name', 'Title', 'AccountId', 'Firm']
  expect(chooseColumns(header, {})).toMatchObject({ personId: 'ContactId', companyId: 'AccountId' })
  expect(chooseColumns(header, { companyId: 'Firm' })).toMatchObject({ companyId: 'Firm' })
})

test('says which columns are missing and which there are', () => {
  const header = ['Name', 'Firm']
  expect(findColumnProblem(header, chooseColumns(header, {}))).toBe(
    'no column is known for companyId, personId, title; the columns are Name, Firm: name one with --map companyId=COLUMN',
  )
  expect(findColumnProblem(header, chooseColumns(header, { companyId: 'Company' }))).toBe(
    'there is no column "Company", which --map names for companyId',
  )
})
