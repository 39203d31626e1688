import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { polypool } from '../../cli/test/command.ts'

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')

/** The page's numbers are those of the command that it names. */
test('the docs and the command choose the same numbers', async () => {
  const [, command = ''] = /`npx @polypool\/cli (size [^`]+)`/.exec(page) ?? []
  const { stdout } = await polypool([...command.split(' '), '--json'])
  const { pool, headroom } = JSON.parse(stdout)
  const [usual, calm] = headroom as { maxConnections: number; waiting: number }[]
  const text = page.replaceAll('\n', ' ')
  const percent = (waiting = 0) => `${Math.round(waiting * 100)} %`
  expect(pool).toEqual({ maxConnections: usual?.maxConnections, acquireTimeout: '500ms', maxPending: 120 })
  expect(text).toContain(`the usual start: ${usual?.maxConnections}, with which ${percent(usual?.waiting)} of the requests wait`)
  expect(text).toContain(`twice the square root: ${calm?.maxConnections}, with which ${percent(calm?.waiting)} wait`)
  expect(text).toContain(`${pool.maxConnections} connections at 50 ms serve ${pool.maxPending} in 500 ms`)
  expect(text).toContain(`\`maxConnectionsPerHost: ${pool.maxConnections}\` are ${10 * pool.maxConnections} connections`)
})
