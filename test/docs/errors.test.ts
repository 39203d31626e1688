import { expect, test } from 'vitest'
import * as errors from '../../src/errors.ts'
import { read } from './pages.ts'

const page = read('docs/errors.md')

/** Every class of error that is exported and has a code. */
const made = Object.values(errors).flatMap((member) => {
  if (typeof member !== 'function' || !(member.prototype instanceof errors.PoolError)) return []
  const { code, help } = Reflect.construct(member, member === errors.PoolConfigError ? [[]] : ['']) as errors.PoolError
  return [{ name: member.name, code, help }]
})

test('every code has a section with class, cause, look and remedy, and a line in the table; and nothing else has', () => {
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
  expect(headings.toSorted()).toEqual(made.map(({ code }) => code).sort())
  for (const { name, code } of made) {
    const section = page.split(`## ${code}\n`)[1]?.split('\n## ')[0] ?? ''
    expect(section.trim()).toMatch(new RegExp(`^\`${name}\`\\. `))
    expect([...section.matchAll(/^\*\*(\w+)\.\*\* \S/gm)].map(([, part]) => part)).toEqual(['Cause', 'Look', 'Remedy'])
    expect(page).toContain(`| [\`${code}\`](#${code.toLowerCase()}) | `)
  }
})

test('every error says where its section is', () => {
  for (const { code, help } of made) expect(help).toBe(`polypool/docs/errors.md#${code.toLowerCase()}`)
})

test('every symptom of the other page has cause, look and remedy', () => {
  const [, ...sections] = read('docs/troubleshooting.md').split(/^## /m)
  expect(sections.length).toBeGreaterThan(5)
  for (const section of sections) {
    expect([...section.matchAll(/^\*\*(\w+)\.\*\* \S/gm)].map(([, part]) => part)).toEqual(['Cause', 'Look', 'Remedy'])
  }
})
