import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadedCode, nativeCode, pooledCode } from '../../cli/src/code.ts'
import { moveOf } from '../../cli/src/commands/migrate/migrate.ts'
import { run } from '../../cli/src/main.ts'
import { project } from '../../cli/test/command.ts'
import { clientNames } from '../../src/clients/index.ts'
import { readPools } from '../../src/files/load.ts'
import { literal } from '../../src/text/literal.ts'
import { draws, share } from '../draws.ts'
import { moduleOf } from './sources.ts'
import { watchPrototypes } from './support.ts'

/** Texts that leave the place where they are put, if it lets them: the name must never stand in code as a name. */
const payloads = [
  "'; PWNED()//",
  '"; PWNED()//',
  '`; PWNED()//',
  '${PWNED()}',
  "\\'; PWNED()//",
  '\n; PWNED()\n',
  '\r\n PWNED()',
  '\u2028 PWNED()\u2029',
  '*/ PWNED() /*',
  '<!-- PWNED()',
  '</script><script>PWNED()',
  '$(PWNED)',
  '`PWNED`',
  '| PWNED',
  '#{PWNED}',
  "'+PWNED()+'",
  '\0PWNED',
  '$& $1 $` PWNED',
]

function assertNoCode(code: string): void {
  const { nodes } = moduleOf('printed.mts', code)
  for (const node of nodes) if (node.type === 'Identifier') expect(node.name.toUpperCase()).not.toBe('PWNED')
}

let assertClean: () => void
let folder: string

beforeEach(() => {
  assertClean = watchPrototypes()
  folder = project()
})

afterEach(() => {
  assertClean()
  expect(fs.existsSync(path.join(folder, 'x'))).toBe(false)
})

async function cli(args: readonly string[], stdin = ''): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await run(args, {
    stdout: (text) => {
      out += text
    },
    stderr: (text) => {
      err += text
    },
    stdin: async () => stdin,
    isTTY: false,
    isErrTTY: false,
    columns: 100,
    env: {},
    cwd: folder,
  })
  expect(err).not.toMatch(/not expected/)
  // Nothing that steers a terminal.
  expect(`${args.includes('--json') ? '' : out}${err}`).not.toMatch(/(?![\n\t])\p{Cc}/u)
  return { code, out, err }
}

it('a literal is read as the value that was written', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...payloads),
    fc.dictionary(fc.string(), fc.string()),
    fc.array(fc.string()),
  )
  fc.assert(
    fc.property(value, (written) => {
      const { nodes } = moduleOf('a.mts', `const v = ${literal(written)}`)
      assertNoCode(`const v = ${literal(written)}`)
      if (typeof written !== 'string') return
      const [found] = nodes.flatMap((node) => (node.type === 'Literal' && typeof node.value === 'string' ? [node.value] : []))
      // The parser writes a lone surrogate its own way.
      if (!/\p{Surrogate}/u.test(written)) expect(found).toBe(written)
    }),
    { numRuns: draws(1000) },
  )
})

describe.each(payloads)('%j', (payload) => {
  it.each(clientNames)('stays a string in code for %s', (client) => {
    assertNoCode(pooledCode(client, { hosts: { [payload]: { keepAlive: false } }, scheduling: payload }))
    assertNoCode(loadedCode(client, payload, payload))
    const settings = {
      [payload]: payload,
      httpAgent: { [payload]: payload },
      httpsAgent: {},
      http: {},
      https: {},
      agent: { http: {}, https: {} },
    }
    assertNoCode(nativeCode(client, settings))
  })

  it('is no name that a config may have, and a file of that name is only named', async () => {
    for (const config of [
      { pools: { [payload]: {} } },
      { pools: { default: { hosts: { [payload]: { keepAlive: false } } } } },
      { [payload]: 1 },
      { pools: { default: { [payload]: payload } } },
    ]) {
      fs.writeFileSync(path.join(folder, 'a.json'), JSON.stringify(config))
      for (const args of [
        ['check', 'a.json'],
        ['explain', 'axios', '--config', 'a.json'],
        ['check', 'a.json', '--json'],
      ]) {
        const { code, out } = await cli(args)
        // Some are hosts to an URL: they stay strings.
        if (code !== 2 && args[0] === 'explain')
          assertNoCode(out.slice(out.indexOf('Without polypool\n') + 17, out.indexOf('\nWhat native')))
      }
    }
    const name = `${payload.replace(/[/\0]/g, '')}.json`
    fs.writeFileSync(path.join(folder, name), '{"pools":{"default":{"maxConnections":5}}}')
    for (const client of clientNames) {
      const { code, out } = await cli(['explain', client, '--config', name, '--json'])
      expect(code).toBe(0)
      const { withPolypool, withoutPolypool } = JSON.parse(out)
      assertNoCode(withPolypool)
      assertNoCode(withoutPolypool)
    }
    await cli(['explain', 'axios', '--config', name])
    await cli(['explain', payload, '--pool', payload])
    await cli([payload, payload])
    await cli(['migrate', '--to', payload, payload])
  })

  it('in settings and in sources, stays a string in migrated code', async () => {
    const settings = JSON.stringify([
      { maxSockets: 5, ca: payload, [payload]: payload, headers: { [payload]: payload } },
      { httpsAgent: { ca: payload, keepAlive: true }, baseURL: payload, [payload]: { [payload]: [payload] } },
      { connections: 5, connect: { ca: payload, servername: payload } },
      { agent: { https: { freeSocketTimeout: payload, scheduling: payload, timeout: payload } } },
    ])
    for (const to of clientNames) {
      for (const from of ['axios', 'undici', 'node-http', 'got']) {
        const { out } = await cli(['migrate', '--from', from, '--to', to, '--json'], settings)
        for (const { code } of JSON.parse(out).moves ?? []) assertNoCode(code)
      }
    }
    await cli(['migrate', '--from', 'axios', '--to', 'got'], settings)
  })
})

it('names and texts of sources stay what they are in code and in config files', async () => {
  const text = fc.oneof(fc.constantFrom(...payloads), fc.string({ unit: 'binary', maxLength: 20 }))
  const { moves } = { moves: 0 }
  let seen = moves
  await fc.assert(
    fc.asyncProperty(text, text, async (one, other) => {
      const source = `import https from 'node:https'
import axios from 'axios'
const agent = new https.Agent({ ca: ${literal(one)}, maxSockets: limit(${literal(other)}), [${literal(one)}]: 1 })
export const payments = axios.create({ httpsAgent: agent, baseURL: ${literal(other)}, [${literal(other)}]: ${literal(one)} })
`
      const name = `${one.replace(/[/\0]/g, '').slice(0, 40) || 'a'}.mjs`
      const { found } = await readOne(name, source)
      for (const place of found) {
        const { to, own } = await adapters(place.client)
        assertNoCode(moveOf(place, own, 'undici', to).code)
        assertNoCode(moveOf(place, own, place.client, own).code)
        seen++
      }
    }),
    { numRuns: draws(150) },
  )
  expect(seen).toBeGreaterThan(100 * share)
})

it.each(['yaml', 'json', 'jsonc', 'toml', 'ts', 'mjs'])(
  'a config file that is written in .%s is one, whatever the sources are called',
  async (end) => {
    const names = payloads.map((payload, at) => {
      const name = `${payload.replace(/[/\0]/g, '')}.mjs`
      const wait = `wait(${literal(payload)})`
      const made = `new https.Agent({ maxSockets: 5, timeout: ${wait} })`
      fs.writeFileSync(path.join(folder, name), `import https from 'node:https'\nexport const a${at} = ${made}\n`)
      return `./${name}`
    })
    const { code, err } = await cli(['migrate', '--to', 'undici', '--write-config', `polypool.config.${end}`, ...names])
    expect(err).toMatch(/written: polypool\.config/)
    expect(code).toBe(0)
    const text = fs.readFileSync(path.join(folder, `polypool.config.${end}`), 'utf8')
    if (end === 'ts' || end === 'mjs') return assertNoCode(text)
    const { pools } = await readPools({ cwd: folder, env: false })
    expect([...pools.values()].filter(({ config }) => config.maxConnectionsPerHost === 5)).toHaveLength(payloads.length)
  },
)

async function readOne(name: string, source: string) {
  const { placesIn } = await import('../../cli/src/reading/javascript/places.ts')
  const { readSource } = await import('../../cli/src/reading/javascript/read-file.ts')
  return readSource(name, source, placesIn)
}

async function adapters(client: (typeof clientNames)[number]) {
  const { loadAdapter } = await import('../load-adapter.ts')
  return { to: await loadAdapter('undici'), own: await loadAdapter(client) }
}
