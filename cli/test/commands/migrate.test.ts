import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { clientNames } from '../../../src/clients/index.ts'
import { run } from '../../src/main.ts'
import { polypool, project, terminal } from '../command.ts'

const api = `import axios from 'axios'
import https from 'node:https'

const agent = new https.Agent({ keepAlive: true, maxSockets: 50, timeout: idle() })
export const payments = axios.create({ baseURL: 'https://payments.test', httpsAgent: agent })
`

interface Output {
  readonly to: { readonly client: string; readonly advice: readonly object[]; readonly alone: readonly object[] }
  readonly moves: readonly {
    readonly file: string
    readonly line: number
    readonly from: string
    readonly config: object
    readonly pool?: string
    readonly code: string
    readonly unknown: readonly object[]
  }[]
  readonly problems: readonly object[]
}

/** Runs it with a text on standard input. */
const piped = (stdin: string, args: readonly string[], cwd = project()) => polypool(args, { cwd, stdin })

test('a place: what it means, the code, and what changes', async () => {
  const cwd = project({ 'src/api.ts': api })
  const { code, stdout, stderr } = await polypool(['migrate', '--from', 'axios', '--to', 'undici', 'src/api.ts'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^src\/api\.ts:5:25 {2}axios\.create\(…\) {2}axios → undici\n/)
  expect(stdout).toContain(`Code for undici
  import { request } from 'undici'
  import { createPool } from 'polypool/undici'

  const pool = createPool({
    maxConnections: 'unlimited',
    maxConnectionsPerHost: 50,
    maxIdleConnectionsPerHost: 256,
    acquireTimeout: 'unlimited',
    connectTimeout: 'unlimited',
    tcpKeepAlive: '1s',
    retryStale: false,
    keepAliveExpiry: idle(),
  })
  const { statusCode, body } = await request('https://api.example.com/', { ...pool.options })
`)
  expect(stdout).toContain('- baseURL: an option of axios that is not about pools: it does not move to undici')
  expect(stdout).toContain('\nDefaults that differ: maxConnections, maxConnectionsPerHost, ')
  for (const head of ['Held in part before, and now held: ', 'Not held by undici without polypool: '])
    expect(stdout).toContain(`\n${head}`)
  for (const head of ['What undici does where nothing is set', 'To know about undici with polypool']) {
    expect(stdout).toContain(`\n${head}\n- `)
  }
  const [place = ''] = stdout.split('\n\nWhat undici does')
  expect(place.split('\n').length).toBeLessThan(30)
})

test('places where nothing is set are one line each; code for browsers is left out, and counted', async () => {
  const cwd = project({
    'a.js': "import axios from 'axios'\naxios.get('x')\naxios.get('y')\n",
    'b.tsx': "import { useState } from 'react'\nimport axios from 'axios'\nexport const api = axios.create({ timeout: 5 })\n",
    'c.js': 'fetch(window.location.href)\n',
    'd.jsx': "'use client'\nfetch('x')\n",
    'e.js': "import https from 'node:https'\nconst window = 1\nhttps.get('x', { agent: new https.Agent() })\n",
  })
  const { stdout, stderr } = await polypool(['migrate', '--to', 'got', '.'], { cwd })
  expect(stdout).toContain('\na.js:2:1  axios.get(…) with nothing set (and line 3)  axios → got\n\nWhat got does')
  expect(stdout).toContain('e.js:3:')
  expect(stdout).not.toMatch(/^[bcd]\./m)
  expect(stderr).toBe('left out: 3 files for browsers, which pool by themselves\n')
})

test('as JSON', async () => {
  const cwd = project({ 'api.ts': api })
  const { code, stdout } = await polypool(['migrate', '--to', 'got', 'api.ts', '--json'], { cwd })
  expect(code).toBe(0)
  const { to, moves, problems } = JSON.parse(stdout) as Output
  expect(to).toMatchObject({ client: 'got', advice: [{ field: 'request' }, { field: 'retry' }] })
  expect(problems).toEqual([])
  expect(moves).toMatchObject([
    {
      file: 'api.ts',
      line: 5,
      column: 25,
      place: 'axios.create(…)',
      also: [],
      from: 'axios',
      to: 'got',
      name: 'payments',
      config: { maxConnections: 'unlimited', maxConnectionsPerHost: 50, tcpKeepAlive: '1s', retryStale: false },
      unknown: [{ field: 'keepAliveExpiry', sources: ['idle()'] }],
      changes: {
        defaults: expect.any(Array),
        meaning: expect.any(Array),
        stricter: expect.any(Array),
        weaker: expect.any(Array),
      },
    },
  ])
})

test('every client is found without --from, but the target itself only when it is asked for', async () => {
  const cwd = project({
    'a.js':
      "const axios = require('axios'); axios.get('x')\nconst got = require('got'); got('x')\nconst nf = require('node-fetch'); nf('x')\nfetch('x')\nrequire('http').get('http://x')\nrequire('undici').request('http://x')\nnew (require('agentkeepalive'))()",
  })
  const clients = async (...args: string[]) => {
    const { stdout } = await polypool(['migrate', 'a.js', '--json', ...args], { cwd })
    return (JSON.parse(stdout) as Output).moves.map(({ from }) => from)
  }
  expect(await clients('--to', 'undici')).toEqual(['axios', 'got', 'node-fetch', 'fetch', 'node-http', 'agentkeepalive'])
  expect(await clients('--to', 'undici', '--from', 'got')).toEqual(['got'])
  expect(await clients('--to', 'undici', '--from', 'undici')).toEqual(['undici'])
  expect(await clients('--to', 'undici', '--from', 'https')).toEqual(['node-http'])
})

test('settings as JSON, from a file and from standard input', async () => {
  const cwd = project({ 's.json': '{ "maxSockets": 50, "keepAlive": true }' })
  const fromFile = JSON.parse(
    (await polypool(['migrate', '--from', 'node-http', '--to', 'undici', 's.json', '--json'], { cwd })).stdout,
  ) as Output
  expect(fromFile.moves).toMatchObject([{ file: 's.json', line: 1, place: 'settings', config: { maxConnectionsPerHost: 50 } }])
  const { code, stdout } = await piped('{ "maxSockets": 50, "keepAlive": true }', ['migrate', '--to', 'undici', '--json'])
  expect(code).toBe(0)
  expect((JSON.parse(stdout) as Output).moves).toMatchObject([
    { file: '<stdin>', from: 'node-http', config: { maxConnectionsPerHost: 50 } },
  ])
})

test('a source from standard input', async () => {
  for (const args of [[], ['-']]) {
    const { stdout } = await piped(api, ['migrate', '--to', 'undici', '--json', ...args])
    expect((JSON.parse(stdout) as Output).moves).toMatchObject([{ file: '<stdin>', line: 5, from: 'axios' }])
  }
})

test('--write-config collects the places, and never overwrites without --force', async () => {
  const cwd = project({
    'src/api.ts': api,
    'src/other.js': "import http from 'http'\nnew http.Agent({ keepAlive: true, maxSockets: 9 })",
  })
  const args = ['migrate', '--to', 'undici', 'src', '--write-config', 'polypool.config.yaml']
  const first = await polypool(args, { cwd })
  expect(first.code).toBe(0)
  expect(first.stderr).toBe(`written: polypool.config.yaml with the pools payments, other
Use them by loadPools() of polypool; npx @polypool/cli check shows what they mean.
left out: payments: keepAliveExpiry, which the source does not tell
`)
  const text = readFileSync(path.join(cwd, 'polypool.config.yaml'), 'utf8')
  expect(text).toMatch(
    /^ {2}payments:\n {4}# src\/api\.ts:5 axios\.create\(…\)\n {4}# keepAliveExpiry: unknown, it depends on idle\(\)\n/m,
  )
  expect(text).toMatch(/^ {2}other:\n {4}# src\/other\.js:2 new http\.Agent\(…\)\n/m)
  expect((await polypool(['check', '--json'], { cwd })).code).not.toBe(2)
  expect(await polypool(args, { cwd })).toMatchObject({
    code: 2,
    stderr: 'error: polypool.config.yaml is there already: use --force to overwrite it\n',
  })
  expect((await polypool([...args, '--force'], { cwd })).code).toBe(0)
  const { stdout } = await polypool([...args, '--force', '--json'], { cwd })
  expect((JSON.parse(stdout) as Output).moves.map(({ pool }) => pool)).toEqual(['payments', 'other'])
})

test('a file that can’t be parsed is told, and does not stop the rest', async () => {
  const cwd = project({ 'a.ts': api, 'b.ts': "import axios from 'axios'\naxios.create({" })
  const { code, stdout, stderr } = await polypool(['migrate', '--to', 'undici', 'a.ts', 'b.ts'], { cwd })
  expect(code).toBe(1)
  expect(stdout).toContain('a.ts:5:25  axios.create(…)')
  expect(stderr).toBe('warning: b.ts:2:15: syntax error: Expected `}` but found `EOF`\n')
})

test('nothing found is said', async () => {
  const cwd = project({ 'a.ts': 'export const a = 1\n' })
  expect(await polypool(['migrate', '--to', 'undici', 'a.ts'], { cwd })).toEqual({
    code: 0,
    stdout: '',
    stderr: 'no place was found that a client is set up or used in\n',
  })
})

test.each([
  [
    'no target',
    ['a.ts'],
    'error: say what to do: --diff shows edits, --write makes them, --to <client> shows a move to another client\n',
  ],
  ['an unknown target', ['--to', 'axois', 'a.ts'], 'error: there is no client "axois": did you mean axios?\n'],
  [
    'an unknown client',
    ['--from', 'ky', '--to', 'got', 'a.ts'],
    `error: there is no client "ky": use one of ${clientNames.join(', ')}\n`,
  ],
  ['a missing file', ['--to', 'got', 'nope.ts'], 'error: nope.ts: no such file\n'],
  ['a directory without sources', ['--to', 'got', 'empty'], 'error: empty: no JavaScript or TypeScript in this directory\n'],
  ['a binary file', ['--to', 'got', 'binary.ts'], 'error: binary.ts: not text in UTF-8\n'],
  ['an empty file', ['--to', 'got', 'empty.ts'], 'error: empty.ts: empty\n'],
  [
    'a syntax error in all there is',
    ['--to', 'got', 'broken.ts'],
    'error: broken.ts:2:2: syntax error: Expected `)` but found `EOF`\n',
  ],
  ['JSON that is none', ['--to', 'got', 'broken.json'], 'error: broken.json: not a JSON object or list\n'],
  [
    'JSON of nobody',
    ['--to', 'got', 'nobody.json'],
    "error: nobody.json: can't tell whose settings these are: say it with --from <client>\n",
  ],
  ['files and standard input', ['--to', 'got', 'a.ts', '-'], 'error: - is standard input: give either that or files\n'],
  ['--force for nothing', ['--to', 'got', 'a.ts', '--force'], 'error: --force belongs to --write-config <file>\n'],
  [
    'a config file of no format',
    ['--to', 'got', 'a.ts', '--write-config', 'p.xml'],
    'error: p.xml: a config file ends in .yaml, .yml, .json, .jsonc, .json5, .toml, .ts, .mts, .cts, .js, .mjs, .cjs\n',
  ],
  [
    'a config file of nothing',
    ['--to', 'got', 'nothing.ts', '--write-config', 'p.yaml'],
    'error: p.yaml is not written: no place was found that sets up connections\n',
  ],
])('misuse: %s', async (_, args, stderr) => {
  const cwd = project({
    'a.ts': api,
    'nothing.ts': 'export {}',
    'empty/readme.md': 'x',
    'empty.ts': '',
    'binary.ts': new Uint8Array([1, 0, 2]),
    'broken.ts': "import 'http'\n(",
    'broken.json': '{ "a": ',
    'nobody.json': '{ "a": { "__proto__": { "maxSockets": 5 } } }',
  })
  expect(await polypool(['migrate', ...args], { cwd })).toEqual({ code: 2, stdout: '', stderr })
  expect(existsSync(path.join(cwd, 'p.yaml'))).toBe(false)
})

test('empty standard input', async () => {
  expect(await piped(' \n', ['migrate', '--to', 'got'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: standard input is empty: give files, or pipe a source or JSON into it\n',
  })
})

test('without files a terminal is told what is waited for', async () => {
  const { io, written } = terminal()
  expect(await run(['migrate', '--to', 'got'], io)).toBe(2)
  expect(written.err).toContain('reading standard input (Ctrl-D ends it)\n')
  expect(written.err).toContain('standard input is empty')
})

test('colours only on a terminal', async () => {
  const { io, written } = terminal({ cwd: project({ 'a.ts': api }) })
  expect(await run(['migrate', '--to', 'undici', 'a.ts'], io)).toBe(0)
  expect(written.out).toContain('\u001b[1mCode for undici\u001b[22m')
  expect(written.out).toContain('\u001b[36maxios\u001b[39m → \u001b[36mundici\u001b[39m')
})

test('help has examples', async () => {
  const { code, stdout } = await polypool(['migrate', '--help'])
  expect(code).toBe(0)
  expect(stdout).toContain('npx @polypool/cli migrate --from axios --to undici src/api.ts')
})
