import { execFile } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'

const adapter = new URL('../../adapters/fetch.ts', import.meta.url).href
const platformFetch = new URL('../../src/engines/undici-dispatcher/platform-fetch.ts', import.meta.url).href

async function serve(): Promise<string> {
  const server = http.createServer(async (incoming, response) => {
    const body = Buffer.concat(await incoming.toArray())
    response.end(`${incoming.method} ${incoming.headers['x-test'] ?? 'none'} ${body}`)
  })
  server.listen(0)
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}/`
}

/** What a script prints in a process of its own, whose global `fetch` it may replace; `pool` is one of polypool/fetch. */
async function run(url: string, before: string, after: string): Promise<{ result: unknown; warnings: string }> {
  const script = `
    const url = ${JSON.stringify(url)}
    const original = globalThis.fetch
    ${before}
    const { createPool } = await import(${JSON.stringify(adapter)})
    const loadAgain = () => import(${JSON.stringify(platformFetch)} + '?copy')
    const pool = createPool({ maxConnections: 1 })
    const result = await (async () => { ${after} })()
    console.log(JSON.stringify(result))
    process.exit()
  `
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  return { result: JSON.parse(stdout), warnings: stderr }
}

const post = `const send = async (fetch, input) => (await fetch(input, { method: 'POST', body: 'x', headers: { 'x-test': 'sent' } })).text()`

/** Replacements of the global `fetch` that lose what they do not know. */
const replacements = {
  'that makes a Request': '(input, init) => original(new Request(input, init))',
  'that picks fields':
    '(input, { method, headers, body, signal } = {}) => original(input, { ...(method && { method }), ...(headers && { headers }), ...(body && { body }), signal })',
  'that adds a header':
    '(input, init = {}) => original(input, { method: init.method, body: init.body, headers: { ...init.headers, traceparent: "1" } })',
}

describe.each(Object.entries(replacements))('a global fetch %s', (_name, replacement) => {
  const sent = ['POST sent x', 'POST sent x', 'GET none ', 1]
  const after = `${post}
    const texts = [await send(pool.fetch, url), await send(pool.fetch, new Request(url)), await (await pool.fetch(url)).text()]
    return [...texts, pool.stats().created]`

  test('does not lose the pool when it comes first', async () => {
    const { result, warnings } = await run(await serve(), `globalThis.fetch = ${replacement}`, after)
    expect(result).toEqual(sent)
    expect(warnings).toBe('')
  })

  test('does not lose the pool when it comes later', async () => {
    const { result } = await run(await serve(), '', `globalThis.fetch = ${replacement}; ${after}`)
    expect(result).toEqual(sent)
  })
})

test('a global fetch that comes first and passes no dispatcher on is told of', async () => {
  const before = 'globalThis.fetch = (input) => original(String(input.url ?? input))'
  const { result, warnings } = await run(await serve(), before, 'return (await pool.fetch(url)).text()')
  expect(result).toBe('GET none ')
  expect(warnings).toContain('[ERR_POOL_UNSUPPORTED]')
  expect(warnings).toContain('load polypool first')
})

describe.each([
  ['pool.fetch', 'pool.fetch'],
  ['a wrapper of pool.fetch', '(input, init) => pool.fetch(input, init)'],
])('the global fetch may be %s', (_name, replacement) => {
  test('which is the pool, for other pools and copies of the package too', async () => {
    const { result } = await run(
      await serve(),
      '',
      `globalThis.fetch = ${replacement}
      const texts = []
      const other = createPool(), copied = createPool(), { fetchBy } = await loadAgain()
      for (const by of [fetch, pool.fetch, other.fetch, fetchBy(copied.options.dispatcher)]) texts.push(await (await by(url)).text())
      const requests = [pool, other, copied].map((each) => each.stats().created + each.stats().reused)
      return [texts.length, requests]`,
    )
    expect(result).toEqual([4, [2, 1, 1]])
  })
})

test.each([
  ['Bun', { bun: '1.4.5', undici: undefined }],
  ['Deno', { deno: '2.9.6', undici: undefined }],
  ['this platform', { undici: undefined }],
])('a fetch that is not undici’s is refused: %s', async (name, versions) => {
  const { assertTakesDispatcher } = await import('../../src/engines/undici-dispatcher/platform-fetch.ts')
  const refused = () => assertTakesDispatcher({ ...process.versions, ...versions } as NodeJS.ProcessVersions)
  expect(refused).toThrow(expect.objectContaining({ code: 'ERR_POOL_UNSUPPORTED', message: expect.stringContaining(name) }))
  expect(() => assertTakesDispatcher()).not.toThrow()
})
