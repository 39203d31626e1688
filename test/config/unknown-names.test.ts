import { describe, expect, test } from 'vitest'
import { fieldNames, hostFieldNames } from '../../src/config/fields.ts'
import { adviceFor } from '../../src/config/unknown-names.ts'
import { effort } from '../time.ts'

const advice = (key: string) => adviceFor(key, fieldNames)

describe('adviceFor', () => {
  test.each(fieldNames)('knows %s in any spelling', (field) => {
    const snake = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const spellings = [
      snake,
      snake.toUpperCase(),
      snake.replaceAll('_', '-'),
      field.toUpperCase(),
      `${field[0]?.toUpperCase()}${field.slice(1)}`,
    ]
    for (const spelling of spellings) if (spelling !== field) expect(advice(spelling)).toMatch(new RegExp(`use ${field}$`))
  })

  test.each(fieldNames)('knows %s with a letter missing, doubled or swapped', (field) => {
    for (let at = 1; at < field.length - 1; at++) {
      const typos = [
        field.slice(0, at) + field.slice(at + 1),
        field.slice(0, at) + field[at] + field.slice(at),
        field.slice(0, at) + field[at + 1] + field[at] + field.slice(at + 2),
      ]
      for (const typo of typos)
        if (typo.toLowerCase() !== field.toLowerCase()) expect(advice(typo)).toBe(`unknown field: did you mean ${field}?`)
    }
  })

  test('knows a field by its beginning, and of several the one with which all of them begin', () => {
    const meant = (key: string, fields: readonly string[]) => /did you mean (.*)\?$/.exec(adviceFor(key, fields))?.[1]
    expect(['acquire', 'sched', 'Max-Streams', 'keepAliveExp'].map((key) => meant(key, fieldNames))).toEqual([
      'acquireTimeout',
      'scheduling',
      'maxStreamsPerConnection',
      'keepAliveExpiry',
    ])
    expect(meant('onePart', ['onePartMoreAndMore', 'onePartMore'])).toBe('onePartMore')
    expect(meant('onePart', ['onePartMoreAndMore', 'onePartOther'])).toBeUndefined()
    expect(meant('on', ['onePartMore'])).toBeUndefined()
  })

  test.each(fieldNames.filter((field) => /^m(ax|in)/.test(field)))('never takes the opposite of %s for it', (field) => {
    const opposite = field.startsWith('max') ? field.replace('max', 'min') : field.replace('min', 'max')
    const spellings = [opposite, opposite.slice(0, -1), opposite.toUpperCase(), `${opposite}s`]
    for (const spelling of spellings) expect(advice(spelling)).not.toMatch(new RegExp(`(?:use|mean) ${field}\\b`))
  })

  test('names fields that exist', () => {
    const names =
      'maxSockets keepAliveMsecs timeout connections pipelining num_pools limit MAXAGE_CONN pool_recycle idleTimeout max ttl fifo'
    for (const key of names.split(' ')) {
      const named = advice(key).match(/\b(?:max|keepAlive|acquire|connect|tcp|dns|scheduling|block|retry)\w*/g) ?? []
      expect(named.filter((name) => fieldNames.includes(name as never)).length).toBeGreaterThan(0)
    }
  })

  test('suggests only what is valid in that place', () => {
    expect(adviceFor('blok', fieldNames)).toBe('unknown field: did you mean block?')
    expect(adviceFor('blok', hostFieldNames)).toMatch(/^unknown field: the fields are maxConnectionsPerHost, /)
  })

  test('finds nothing near for names of Object.prototype and long ones', () => {
    for (const key of ['__proto__', 'hasOwnProperty', 'valueOf', 'maxConnections'.repeat(100_000)]) {
      const spent = effort()
      expect(advice(key)).toMatch(/^unknown field: the fields are /)
      expect(spent()).toBeLessThan(20)
    }
  })
})
