import { expect, test } from 'vitest'
import { fieldNames } from '../../src/config/fields.ts'
import { defaultOf } from '../../src/dialects/defaults.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/dialects/types.ts'
import { isBefore, readVersion } from '../../src/dialects/versions.ts'

const all = Object.values<Dialect>(dialects)

test('every dialect goes by its own name', () => {
  expect(Object.entries<Dialect>(dialects).map(([name, dialect]) => [name, dialect.name, dialect.support.dialect])).toEqual(
    Object.keys(dialects).map((name) => [name, name, name]),
  )
})

test.each(all)('$name: keywords are settings, and what is lost has a reason', ({ support }) => {
  const settings = Object.keys(support.settings)
  for (const field of fieldNames) {
    const { support: how, keywords, message } = support.fields[field]
    expect(settings, field).toEqual(expect.arrayContaining([...keywords]))
    expect(keywords.length === 0, field).toBe(how === 'unsupported')
    if (how !== 'native') expect(message.length, field).toBeGreaterThan(10)
  }
  for (const [setting, { fields, support: how, message }] of Object.entries(support.settings)) {
    expect(fields.length === 0, setting).toBe(how === 'unsupported')
    if (how !== 'native') expect(message.length, setting).toBeGreaterThan(10)
  }
})

test.each(all)('$name: what a setting becomes is written with it', ({ support }) => {
  for (const field of fieldNames) {
    for (const keyword of support.fields[field].keywords) {
      // An overflow is written with the settings of a limit, and read as none.
      if (field !== 'maxOverflow') expect(support.settings[keyword]?.fields, `${field}: ${keyword}`).toContain(field)
    }
  }
})

test.each(all)('$name: the facts are its settings and their defaults', ({ support }) => {
  const { defaults } = support
  for (const { keyword, default: value } of Object.values(support.facts)) {
    if (keyword === null) continue
    expect(Object.keys(support.settings)).toContain(keyword)
    const [group = '', child] = keyword.split('.')
    const whole = child === undefined ? undefined : (defaultOf(defaults, group) as { [key: string]: unknown } | undefined)
    expect(value).toBe(whole === undefined || whole === null ? defaultOf(defaults, keyword) : (whole[child ?? ''] ?? null))
  }
})

test.each(all)('$name: each default has a source, and versions go up', ({ support }) => {
  const { settings, fixed } = support.defaults
  for (const rows of [...Object.values(settings), ...Object.values(fixed)]) {
    expect(rows[0].since).toBeUndefined()
    for (const { source } of rows)
      expect(source).toMatch(/^https:\/\/(github\.com\/[\w-]+\/[\w-]+\/blob\/[\w.-]+\/|curl\.se\/libcurl\/c\/)/)
    const since = rows.flatMap((row) => row.since ?? [])
    expect(since).toHaveLength(rows.length - 1)
    expect(since.every((version, index) => index === 0 || isBefore(since[index - 1] ?? '', version))).toBe(true)
  }
  const known = Object.keys(support.settings)
  for (const key of Object.keys(settings))
    expect(
      known.some((setting) => setting === key || setting.startsWith(`${key}.`)),
      key,
    ).toBe(true)
})

test.each([
  ['3.8.4', '3.10.9', true],
  ['3.10.9', '3.10.9', false],
  ['3.10.10', '3.10.9', false],
  ['3.10', '3.10.9', true],
  ['4', '3.10.9', false],
])('%s is before %s: %s', (version, other, before) => {
  expect(isBefore(version, other)).toBe(before)
})

test.each([
  ['PycURL/7.45.2 libcurl/7.88.1 OpenSSL/3.0.17 zlib/1.2.13', '7.88.1'],
  ['8.21.0-DEV', '8.21.0'],
  ['v2.0.52', '2.0.52'],
  ['2.0.0b1', '2.0.0'],
  ['0.23.3/0.16.3', undefined],
  ['httpx', undefined],
])('%s is version %s', (text, version) => {
  expect(readVersion(text)).toBe(version)
})
