import { describe, expect, test } from 'vitest'
import { type Rewritten, rewriteIn } from '../../../src/commands/migrate/rewrite/rewrite.ts'
import { edited, unifiedDiff } from '../../../src/commands/migrate/rewrite/text-edits.ts'
import { modelOf } from '../../../src/reading/javascript/model.ts'
import { polypool, project } from '../../command.ts'

/** What becomes of a file, without the fields that go without saying in the old client. */
function rewritten(
  text: string,
  file = 'a.ts',
  task: Partial<Parameters<typeof rewriteIn>[1]> = {},
): Rewritten & { after: string } {
  const model = modelOf(file, text)
  if (model === undefined || 'message' in model) throw new Error(model?.message ?? 'it names no client')
  const [found] = rewriteIn(model, { from: undefined, toFile: false, awaits: false, ...task })
  if (found === undefined) throw new Error('nothing is made there')
  const after = edited(text, found.edits)
  const again = modelOf(file, after)
  expect(again === undefined || !('message' in again), after).toBe(true)
  return { ...found, after }
}

const implied =
  /^\s*(?:maxConnections: ['"]unlimited['"]|maxIdleConnectionsPerHost: 256|(?:acquire|connect)Timeout: ['"]unlimited['"]|keepAliveExpiry: ['"]unlimited['"]|tcpKeepAlive: (?:['"]1s['"]|false)|retryStale: false|keepAliveHintMargin: ['"]2s['"]),\n/gm

const brief = (text: string, file?: string) => rewritten(text, file).after.replace(implied, '')

describe('what is written', () => {
  test('expressions, comments and options of TLS are carried over; imports are those that are needed', () => {
    const text = `#!/usr/bin/env node
// The service.
import fs from 'node:fs'
import { Agent, request } from 'https'

export const agent = new Agent({
  keepAlive: true,
  // As many as the API allows.
  maxSockets: Number(process.env.MAX ?? 40), // per process
  timeout: 60 * 1000,
  ca: fs.readFileSync('ca.pem'),
  rejectUnauthorized: false, // only here
  // Nothing else.
})
request('https://a.test', { agent })
`
    expect(brief(text)).toBe(`#!/usr/bin/env node
// The service.
import fs from 'node:fs'
import { request } from 'https'
import { createPool } from 'polypool/node-http'

export const agent = createPool({
  // As many as the API allows.
  maxConnectionsPerHost: Number(process.env.MAX ?? 40), // per process
  keepAliveExpiry: 60 * 1000,
  // Nothing else.
}, {
  ca: fs.readFileSync('ca.pem'),
  rejectUnauthorized: false, // only here
}).options.https
request('https://a.test', { agent })
`)
  })

  test('CommonJS, quotes, semicolons and tabs as the file has them', () => {
    const text = `"use strict";
var https = require("https");
var agent = new https.Agent({
	keepAlive: true,
	maxSockets: 5
});
module.exports = { agent: agent };
`
    expect(brief(text, 'a.js')).toBe(
      `"use strict";
var { createPool } = require("polypool/node-http");
var agent = createPool({
	maxConnectionsPerHost: 5,
}).options.https;
module.exports = { agent: agent };
`.replace('var { createPool }', 'const { createPool }'),
    )
  })

  test('agents of both schemes that say the same share a pool', () => {
    const text = `import http from 'http'
import https from 'https'
import axios from 'axios'
const options = 1, pool = options
export const api = axios.create({
  httpAgent: new http.Agent({ keepAlive: true, maxSockets: 7 }),
  httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 7 }),
})
`
    const { after } = rewritten(text)
    expect(after.match(/createPool\(/g)).toHaveLength(1)
    expect(after).toContain(
      'export const api = axios.create({\n  httpAgent: pool2.options.httpAgent,\n  httpsAgent: pool2.options.httpsAgent,\n})',
    )
    expect(after).toMatch(
      /^const pool2 = createPool\({ maxConnectionsPerHost: 7, .*retryStale: false }\)$|^const pool2 = createPool\({\n/m,
    )
    const differing = rewritten(text.replace('7 }),\n})', '8 }),\n})')).after
    expect(differing.match(/createPool\(/g)).toHaveLength(2)
  })

  test.each([
    ['a total is each one’s own', 'maxTotalSockets: 9'],
    ['nor is a name', 'maxTotalSockets: LIMIT'],
  ])('agents with a total do not share a pool: %s', (_, limit) => {
    const text = `import http from 'http'\nimport https from 'https'\nconst a = new http.Agent({ keepAlive: true, ${limit} })\nconst b = new https.Agent({ keepAlive: true, ${limit} })\n`
    expect(rewritten(text).after.match(/createPool\(/g)).toHaveLength(2)
  })

  test.each([
    [
      'node-fetch takes what chooses',
      "import f from 'node-fetch'\nimport { Agent } from 'https'\nconst agent = new Agent()\nf('x', { agent })",
      'polypool/node-fetch',
      '.options.agent\n',
    ],
    [
      'within a chooser it is an agent',
      "import f from 'node-fetch'\nimport { Agent } from 'https'\nf('x', { agent: (u) => u ? new Agent() : undefined })",
      'polypool/node-fetch',
      ".options.agent({ protocol: 'https:' }) ",
    ],
    [
      'got',
      "import got from 'got'\nimport { Agent } from 'https'\ngot.extend({ agent: { https: new Agent() } })",
      'polypool/got',
      '.options.agent.https ',
    ],
    [
      'assigned to defaults',
      "import axios from 'axios'\nimport { Agent } from 'https'\naxios.defaults.httpsAgent = new Agent()",
      'polypool/axios',
      '.options.httpsAgent',
    ],
    [
      'nobody known takes it',
      "import { Agent } from 'https'\nexport default new Agent()",
      'polypool/node-http',
      '.options.https',
    ],
    [
      'agentkeepalive',
      "import Agent, { HttpsAgent } from 'agentkeepalive'\nnew HttpsAgent({ socketActiveTTL: ttl })",
      'polypool/agentkeepalive',
      '.options.https',
    ],
    [
      'undici',
      "import { setGlobalDispatcher, Agent } from 'undici'\nsetGlobalDispatcher(new Agent({ connections: n() }))",
      'polypool/undici',
      '.options.dispatcher)',
    ],
    [
      'a proxy for https',
      "import https from 'https'\nimport { HttpsProxyAgent } from 'https-proxy-agent'\nhttps.get('x', { agent: new HttpsProxyAgent(url) })",
      'polypool/node-http',
      '.options.https ',
    ],
    [
      'a proxy of undici',
      "import { ProxyAgent, fetch } from 'undici'\nfetch('x', { dispatcher: new ProxyAgent({ uri: process.env.P, requestTls: { ca } }) })",
      'polypool/undici',
      'connect: { ca }',
    ],
    [
      'variables that name proxies',
      "import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici'\nsetGlobalDispatcher(new EnvHttpProxyAgent())",
      'polypool/undici',
      "proxy: 'env'",
    ],
    [
      'proxyEnv',
      "import { Agent } from 'https'\nexport default new Agent({ keepAlive: true, proxyEnv: process.env })",
      'polypool/node-http',
      "proxy: 'env'",
    ],
    [
      'hpagent',
      "import { HttpsProxyAgent } from 'hpagent'\nexport default new HttpsProxyAgent({ keepAlive: true, proxy: url() })",
      'polypool/node-http',
      'proxy: url()',
    ],
  ])('%s', (_, text, module, code) => {
    const { after, left } = rewritten(`${text}\n`)
    expect(left).toEqual([])
    expect(after).toContain(`from '${module}'`)
    expect(after).toContain(code)
  })

  test('names that are taken are left to who has them', () => {
    const text = `import { Agent } from 'https'\nimport { Agent as Dispatcher } from 'undici'\nconst createPool = 1\nexport const a = new Agent()\nexport const b = new Dispatcher()\n`
    const { after } = rewritten(text)
    expect(after).toContain("import { createPool as createNodeHttpPool } from 'polypool/node-http'")
    expect(after).toContain("import { createPool as createUndiciPool } from 'polypool/undici'")
  })

  test.each([
    ['a type', 'let agent: https.Agent = new https.Agent()'],
    ['another use', 'new https.Agent()\nhttps.get(url)'],
    ['an export', 'new https.Agent()\nexport { https }'],
  ])('an import stays that is used besides: %s', (_, code) => {
    expect(rewritten(`import https from 'https'\n${code}\n`).after).toContain("import https from 'https'")
  })

  test('what had no effect is left out, and said', () => {
    const { after, places } = rewritten(
      "import { Agent } from 'https'\nexport default new Agent({ keepAlive: true, freeSocketTimeout: 5, maxSockets: n, keepAliveTimeout: 3 })\n",
    )
    expect(after).not.toMatch(/freeSocketTimeout|keepAliveTimeout/)
    expect(after).toContain('maxConnectionsPerHost: n')
    const notes = places[0]?.notes.map(({ message }) => message).join('\n') ?? ''
    expect(notes).toContain('freeSocketTimeout had no effect')
    expect(notes).toContain('n must be a positive number')
  })

  test('in a file that can wait for it limits go to a config file; computed ones stay', () => {
    const text =
      "import { Agent } from 'undici'\nexport const a = new Agent({ connections: 5, headersTimeout: 9 })\nexport const b = new Agent({ connections: n() })\n"
    const { after, places } = rewritten(text, 'a.mjs', { toFile: true, awaits: true })
    expect(after).toMatch(
      /^const pools = await loadPools\(\)\n\nexport const a = pools\.open\(undici, '\uE0A20\uE0A2', \{ headersTimeout: 9 \}\)\.options\.dispatcher$/m,
    )
    expect(after).toContain('connections: n()'.replace('connections', 'maxConnectionsPerHost'))
    expect(places.map(({ pool }) => pool?.config.maxConnectionsPerHost)).toEqual([5, undefined])
    const inCode = rewritten(text, 'a.mjs', { toFile: true, awaits: false })
    expect(inCode.after).not.toContain('loadPools')
    expect(inCode.places[0]?.notes.at(-1)?.message).toContain('the limits stay in code')
  })
})

test.each([
  ['a class of its own', 'class Own extends https.Agent { addRequest() {} }\nnew Own()', 'its class extends'],
  ['one of two classes', 'const A = secure ? https.Agent : http.Agent\nnew A()', 'which of two classes'],
  ['options from elsewhere', 'new https.Agent(options)', 'its options are options'],
  ['options that may hold anything', 'new https.Agent({ ...options, maxSockets: 5 })', '...options may hold limits'],
  ['limits in a spread', 'new https.Agent({ ...(x ? { maxSockets: 5 } : {}) })', 'may hold limits'],
  ['a computed name', 'new https.Agent({ [name]: 5 })', 'the name of an option is computed'],
  [
    'a limit that is assigned later',
    'const a = new https.Agent({ keepAlive: true })\na.maxSockets = 5',
    'maxSockets of it is assigned later',
  ],
  ['a way to connect', 'new https.Agent({ createConnection: tunnel })', 'createConnection has no place in a pool'],
  [
    'for each request',
    'function f(u) { const agent = new https.Agent()\n return https.get(u, { agent }) }',
    'it is made for each request',
  ],
  ['a pool of one origin', "new undici.Pool('http://a.test', { connections: 3 })", 'it is for one origin'],
  ['a type that a pool has none of', 'const a: Agent = new Agent()', 'its type is named in the file'],
  ['a proxy for who knows what', 'export const a = new HttpsProxyAgent(url)', 'whether it is for http or https'],
  ['half a connection', 'new https.Agent({ maxSockets: 0.5, keepAlive: true, keepAliveMsecs: 0.2 })', 'a pool refuses it'],
  ['pipelining that is computed', 'new undici.Agent({ pipelining: n })', 'hangs on its value'],
])('left alone: %s', (_, code, reason) => {
  const head =
    "import http from 'http'\nimport https from 'https'\nimport * as undici from 'undici'\nimport { Agent } from 'undici'\nimport { HttpsProxyAgent } from 'https-proxy-agent'\n"
  const text = `${head}${code}\n`
  const { after, left } = rewritten(text)
  expect(left.map((one) => one.reason).join()).toContain(reason)
  expect(after).toBe(text)
})

test('a diff has the lines around, and what changes', () => {
  const text = Array.from({ length: 30 }, (_, n) => `line ${n}\n`).join('')
  const at = (n: number) => text.indexOf(`line ${n}\n`)
  const edits = [
    { start: at(3), end: at(4), text: '' },
    { start: at(5), end: at(5), text: 'new\n' },
    { start: at(20), end: at(20) + 4, text: 'LINE' },
  ]
  expect(unifiedDiff('x.js', text, edits)).toBe(`--- a/x.js
+++ b/x.js
@@ -1,8 +1,8 @@
 line 0
 line 1
 line 2
-line 3
 line 4
+new
 line 5
 line 6
 line 7
@@ -18,7 +18,7 @@
 line 17
 line 18
 line 19
-line 20
+LINE 20
 line 21
 line 22
 line 23
`)
})

test('--write edits, tells what it left, and adds pools to the config file that is there', async () => {
  const source =
    "import { Agent } from 'node:https'\nexport const payments = new Agent({ keepAlive: true, maxSockets: 5 })\nexport const other = new Agent(options)\n"
  const cwd = project({
    'package.json': '{ "type": "module" }',
    'src/a.js': source,
    'pools.yaml': '# Ours.\npools:\n  payments: {} # busy\n',
  })
  const diff = await polypool(['migrate', '--diff', '--config-file', 'pools.yaml', 'src'], { cwd })
  expect(diff.stdout).toContain("+export const payments = pools.open(nodeHttp, 'payments-2').options.https\n")
  expect(diff.stderr).toContain('to be written: 1 place in 1 file, 1 left as they are\n')
  const { code, stdout } = await polypool(['migrate', '--write', '--config-file', 'pools.yaml', 'src'], { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain('src/a.js:3:22  new https.Agent(…) left: its options are options, and not written here\n')
  expect(stdout).toContain('written: pools.yaml with the pools payments-2\n')
  const check = await polypool(['check', 'pools.yaml'], { cwd })
  expect(check.stdout).toContain('payments-2')
  const again = await polypool(['migrate', '--diff', '--config-file', 'pools.yaml', 'src'], { cwd })
  expect(again.stdout).toBe('')
})

test.each([
  [['migrate', 'a.js'], 'say what to do: --diff shows edits'],
  [['migrate', '--write', '--to', 'got', 'a.js'], '--write edits where the client stays'],
  [['migrate', '--write'], '--write and --diff edit files'],
  [['migrate', '--diff', '--config-file', 'a.json', 'a.js'], 'it is written as YAML'],
  [['migrate', '--diff', '--write-config', 'a.yaml', 'a.js'], '--write-config belongs to --to'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await polypool(args, { cwd: project({ 'a.js': '' }) })
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})
