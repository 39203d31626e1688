import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type ecmaVersion, parse } from 'acorn'
import { afterAll, describe, expect, it } from 'vitest'
import { probeCertificate } from '../../cli/src/conformance/probe/certificates.ts'
import { fences, pages, read } from './pages.ts'

/** The language of the oldest Node that is supported, 20. */
const oldest: ecmaVersion = 2024

interface Example {
  readonly page: string
  readonly language: 'js' | 'ts'
  /** Among those of its language. */
  readonly index: number
  readonly code: string
}

const examplesIn = (language: Example['language']): Example[] =>
  pages.flatMap((page) => fences(read(page), language).map((code, index) => ({ page, language, index, code })))

const blocks = examplesIn('js')

describe.each(blocks)('example $index of $page', ({ code }) => {
  it('is JavaScript that the oldest Node reads', () => {
    expect(() => parse(code, { ecmaVersion: oldest, sourceType: 'module' })).not.toThrow()
  })
})

/** What is signature or mistake is not run, and Nest in test/sdks/nest.test.ts. */
const typed = examplesIn('ts').filter(({ page }) => page === 'docs/configuration.md' || page === 'docs/events.md')

// Pieces of others begin without an import; what examples/ has, and the lines for SDKs, run in tests of their own.
const whole = [...blocks, ...typed].filter(
  ({ page, code }) => /^(?:\/\/.*\n)*import /.test(code) && page !== 'docs/comparison.md' && !page.startsWith('docs/sdks/'),
)

const folder = mkdtempSync(path.join(tmpdir(), 'polypool-examples-'))
afterAll(() => rmSync(folder, { recursive: true }))
const certificate = path.join(folder, 'certificate.pem')
writeFileSync(certificate, probeCertificate)
writeFileSync(path.join(folder, 'polypool.config.yaml'), fences(read('docs/config-files.md'), 'yaml')[0] ?? '')

/**
 * Runs it in a process of its own, in a folder with the config file that the docs show, until that ends by itself.
 *
 * @param afterwards code that has what the example exports as `example`, and the server as `origin`
 * @returns the paths that its server was asked for
 */
async function run(example: Example, afterwards = ''): Promise<string[]> {
  return JSON.parse((await printed(example, afterwards)).trim().split('\n').at(-1) ?? '') as string[]
}

async function printed({ page, language, index }: Omit<Example, 'code'>, afterwards = ''): Promise<string> {
  const runner = fileURLToPath(new URL('run-example.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [runner, page, language, String(index), afterwards], {
    cwd: folder,
    env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
  })
  return stdout
}

/** What the functions of a module are used for, and how it is shut down: by hand where an example only exports. */
const uses: { readonly [page: string]: { readonly [index: number]: string } } = {
  'docs/past-one-process.md': {
    1: `
      const { body, statusCode } = await example.order(origin + '/orders', {})
      await body.dump()
      if (statusCode !== 200) throw new Error('not answered')
      const { createServer } = await import('node:http')
      const { isPoolError } = await import('polypool')
      const proxy = createServer((_, response) => response.writeHead(503, { 'polypool-limit': 'ERR_POOL_QUEUE_FULL' }).end())
      await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve))
      const refused = await example.order('http://127.0.0.1:' + proxy.address().port, { reset: true }).catch((error) => error)
      proxy.close()
      if (!isPoolError(refused, 'ERR_POOL_QUEUE_FULL')) throw new Error('not told: ' + refused)`,
  },
  'README.md': {
    0: `
      const answer = await example.api.get(origin + '/orders')
      if (answer.status !== 200) throw new Error('not answered')
      await example.pool.close()
      const { code } = await example.api.get(origin + '/orders').catch((error) => error)
      if (code !== 'ERR_POOL_CLOSED') throw new Error('not closed: ' + code)`,
  },
  'docs/start.md': {
    1: 'await example.orders()',
    4: "await example.payments.get(origin + '/orders'); await example.pools.close()",
  },
  'docs/guides/service.md': {
    0: `
      const server = await new Promise((resolve) => { const one = example.app.listen(0, '127.0.0.1', () => resolve(one)) })
      const own = 'http://127.0.0.1:' + server.address().port
      const [answer, ready] = [await fetch(own + '/orders'), await fetch(own + '/ready')]
      if (answer.status !== 200 || (await answer.text()) !== '[]') throw new Error('not answered')
      if ((await ready.json()).status !== 'ok') throw new Error('not ready')
      await example.orders.close()
      const refused = await fetch(own + '/orders')
      if (refused.status !== 503 || !refused.headers.has('retry-after')) throw new Error('not told: ' + refused.status)
      server.close()
      server.closeAllConnections()`,
    1: `
      const answer = await example.app.inject('/orders')
      if (answer.statusCode !== 200 || answer.body !== '[]') throw new Error('not answered: ' + answer.body)
      await example.orders.close()
      const refused = await example.app.inject('/orders')
      if (refused.statusCode !== 503) throw new Error('not told: ' + refused.body)
      await example.app.close()`,
  },
}

/** The same for the one example in TypeScript of a page. */
const typedUses: { readonly [page: string]: string } = {
  'docs/configuration.md': "if ((await example.report([origin + '/orders'])).join() !== '[]') throw new Error('not answered')",
}

/** Their requests are answered before they reach a server. */
const mocked = new Set(['docs/guides/tests.md'])

describe('an example that is whole', () => {
  it.each(whole)('runs: $language $index of $page', async (example) => {
    const { page, language, index, code } = example
    const use = language === 'ts' ? typedUses[page] : uses[page]?.[index]
    const asks = mocked.has(page)
      ? []
      : use
        ? ['/orders']
        : [...code.matchAll(/'https:\/\/api\.[\w.]+(\/\w+)'/g)].map(([, asked]) => asked)
    expect(await run(example, use)).toEqual(asks)
  })

  it('proves on the page Start what that page says', async () => {
    const [said] = /^It prints `(.+)`\. /m.exec(read('docs/start.md'))?.slice(1) ?? []
    expect(said).toMatch(/^20 requests, 3 connections at most/)
    expect(await printed({ page: 'docs/start.md', language: 'js', index: 0 })).toContain(`${said}\n`)
  })

  it('is the first of the README and of every page about a client', () => {
    const firsts = pages.filter((page) => page === 'README.md' || page.startsWith('docs/clients/'))
    expect(whole.filter(({ index }) => index === 0).map(({ page }) => page)).toEqual(expect.arrayContaining(firsts))
  })
})

describe('await using', () => {
  const [inFunction = ''] = fences(read('docs/configuration.md'), 'ts').filter((code) => code.includes('await using'))

  it('is shown where it belongs, with what it takes', () => {
    // The page of rules shows it where it is the mistake.
    const shown = pages.filter((page) => /^\s*await using /m.test(read(page)))
    expect(shown.filter((page) => page !== 'docs/audit.md')).toEqual(['docs/configuration.md'])
    expect(inFunction).toMatch(/^ {2}await using pool/m)
    const javascript = inFunction.replaceAll(/: (?:string\[\]|Promise<string\[\]>)/g, '')
    expect(() => parse(javascript, { ecmaVersion: oldest, sourceType: 'module' })).toThrow(SyntaxError)
    expect(() => parse(javascript, { ecmaVersion: 2026, sourceType: 'module' })).not.toThrow()
  })

  it('closes the pool when a module has been evaluated, as the page says', async () => {
    const adapter = new URL('../../adapters/node-http.ts', import.meta.url).href
    const code = `import { createPool } from '${adapter}'; await using pool = createPool(); export const agent = pool.options.http`
    const script = `
      const { agent } = await import('data:text/javascript,' + encodeURIComponent(${JSON.stringify(code)}))
      require('node:http').get('http://127.0.0.1:9/', { agent }).on('error', ({ code }) => console.log(code))`
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', `(async () => {${script}})()`])
    expect(stdout).toBe('ERR_POOL_CLOSED\n')
  })
})
