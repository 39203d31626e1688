import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fieldTexts } from '../../src/config/field-texts.ts'
import { fieldNames, fields, hostFieldNames } from '../../src/config/fields.ts'
import { formatDefault } from '../../src/config/format.ts'

const source = readFileSync(new URL('../../src/config/types.ts', import.meta.url), 'utf8')

/** The members of an interface with their comments, each on one line. */
function membersOf(name: string): Map<string, string> {
  const [, body = ''] = new RegExp(`export interface ${name} (?:extends \\w+ )?\\{\\n(.*?)\\n\\}`, 's').exec(source) ?? []
  const members = body.matchAll(/\/\*\*(.*?)\*\/\s+(\w+)\?:/gs)
  return new Map([...members].map(([, comment = '', field = '']) => [field, comment.replace(/\s+(?:\* )?/g, ' ').trim()]))
}

describe('what an editor shows of a field is what is declared of it', () => {
  const [ofHosts, ofPools] = [membersOf('HostConfig'), membersOf('PoolConfig')]

  test.each(fieldNames)('%s', (field) => {
    const expected = `${fieldTexts[field].meaning} Default ${formatDefault(field)}.`
    expect((fields[field].perHost ? ofHosts : ofPools).get(field)).toBe(expected)
  })

  test('all of them, in the same order', () => {
    expect([...ofHosts.keys()]).toEqual(hostFieldNames)
    expect([...ofPools.keys()]).toEqual(fieldNames.filter((field) => !fields[field].perHost))
  })
})
