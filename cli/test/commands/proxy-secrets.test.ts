import fc from 'fast-check'
import { expect, test } from 'vitest'
import { polypool, project } from '../command.ts'

/** In every password that is drawn: where this is seen, at least a part of it is. */
const marker = 'Zqxj9'

const piece = fc.string({ unit: fc.constantFrom(...'aB3-_.~!$&()*+,;=:@/?#[]%^{}|<> '), maxLength: 6 })
const password = fc.tuple(piece, piece).map(([before, after]) => `${before}${marker}${after}`)

const commands = [
  ['check', '--url', 'https://a.test'],
  ['explain', 'axios', '--url', 'https://a.test'],
  ['explain', 'undici'],
  ['export', 'httpx'],
  ['export', 'urllib3'],
  ['export', 'requests'],
  ['export', 'pycurl'],
  ['export', 'aiohttp'],
]

const files = {
  'polypool.config.yaml': `pools: { default: { proxy: "http://user:\${PW}@p.test:3128", hosts: { b.test: { proxy: "\${URL}" } } } }\n`,
  'env.yaml': 'pools: { default: { proxy: env } }\n',
}

test('no command tells the password of a config, or of a variable, right or wrong', async () => {
  const cwd = project(files)
  await fc.assert(
    fc.asyncProperty(
      password,
      fc.constantFrom(...commands),
      fc.boolean(),
      fc.constantFrom('@q.test:1', '@q.test/path', '@'),
      async (secret, command, json, end) => {
        const url = `http://user:${secret}${end}`
        const args = [...command, ...(json ? ['--json'] : [])]
        const env = { PW: secret, URL: url, HTTPS_PROXY: url }
        const configured = await polypool(args, { cwd, env })
        const byEnvironment = await polypool(['check', 'env.yaml', ...args.slice(command[0] === 'explain' ? 2 : 1)], { cwd, env })
        for (const { stdout, stderr } of [configured, byEnvironment]) {
          expect(stdout + stderr).not.toBe('')
          expect(stdout + stderr).not.toContain(marker)
        }
      },
    ),
    // Each starts two processes.
    { numRuns: 24 },
  )
})

/** A text of JavaScript and of Python alike. */
const quoted = (text: string) => JSON.stringify(text)

const sources: readonly (readonly [file: string, command: readonly string[], source: (url: string, secret: string) => string])[] =
  [
    [
      'a.mjs',
      ['migrate', '--to', 'got'],
      (url) => `import { HttpsProxyAgent as A } from 'https-proxy-agent'; new A(${quoted(url)}, { keepAlive: true })`,
    ],
    [
      'b.mjs',
      ['migrate', '--to', 'undici'],
      (url) => `import axios from 'axios'; const p = ${quoted(url)}; axios.create({ httpsAgent, proxy: p })`,
    ],
    [
      'c.mjs',
      ['migrate', '--to', 'axios'],
      (_, secret) =>
        `import axios from 'axios'; axios.defaults.proxy = { host: 'p', port: 1, auth: { username: 'u', password: ${quoted(secret)} } }`,
    ],
    [
      'd.mjs',
      ['migrate', '--to', 'got'],
      (url) =>
        `import { ProxyAgent } from 'undici'; const PROXY = ${quoted(url)}; new ProxyAgent({ uri: PROXY, connections: 5 })`,
    ],
    [
      'e.mjs',
      ['migrate', '--to', 'got'],
      (url) => `import https from 'node:https'; new https.Agent({ maxSockets: 5, proxyEnv: { HTTPS_PROXY: ${quoted(url)} } })`,
    ],
    [
      'f.mjs',
      ['audit'],
      (url) => `import * as h from 'hpagent'; new h.HttpsProxyAgent({ keepAlive: true, maxSockets: 5, proxy: ${quoted(url)} })`,
    ],
    ['g.py', ['import', 'auto'], (url) => `import httpx\nclient = httpx.Client(proxy=${quoted(url)})\n`],
    [
      'h.py',
      ['import', 'auto'],
      (url) => `import requests\nPROXIES = {"https": ${quoted(url)}}\ns = requests.Session()\ns.proxies = PROXIES\n`,
    ],
    [
      'i.py',
      ['import', 'auto'],
      (url) => `import httpx\nc = httpx.Client(mounts={"all://": httpx.HTTPTransport(proxy=${quoted(url)})})\n`,
    ],
    [
      'j.py',
      ['import', 'auto'],
      (_, secret) =>
        `import pycurl\nc = pycurl.Curl()\nc.setopt(pycurl.PROXY, "p:1")\nc.setopt(pycurl.PROXYUSERPWD, "u:" + ${quoted(secret)})\n`,
    ],
  ]

test.each(sources)('%s: no command tells the password of a source', async (file, command, source) => {
  await fc.assert(
    fc.asyncProperty(password, fc.boolean(), fc.boolean(), async (secret, encoded, json) => {
      const text = source(`http://user:${encoded ? encodeURIComponent(secret) : secret}@p.test:3128`, secret)
      const args = [...command, file, ...(json ? ['--json'] : [])]
      const { stdout, stderr } = await polypool(args, { cwd: project({ [file]: text }), env: {} })
      expect(stdout + stderr).not.toBe('')
      expect(stdout + stderr, text).not.toContain(marker)
    }),
    { numRuns: 6 },
  )
})
