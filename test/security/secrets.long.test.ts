import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { run } from '../../cli/src/main.ts'
import { project } from '../../cli/test/command.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import { readPools } from '../../src/files/load.ts'
import { adapterModules } from '../hostile/adapters.ts'
import { logged, secret } from './logged.ts'
import { failureOf } from './wire.ts'

const proxy = `http://user:${secret}@proxy.test:8080/?access_token=${secret}`

function thrownBy(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return error
  }
}

const connecting = {
  key: `-----BEGIN ${secret}`,
  cert: `-----BEGIN ${secret}`,
  pfx: secret,
  passphrase: secret,
}
const tlsSecrets = { ...connecting, auth: `user:${secret}` }

describe.each(adapterModules)('$name', ({ name, module }) => {
  const native = name === 'undici' || name === 'fetch' ? { connect: connecting } : connecting

  it('a pool tells nothing of how it connects', async () => {
    const pool = module.createPool({ maxConnections: 5 }, native)
    const shared = module.createPool(pool, native)
    for (const one of [pool, shared]) {
      for (const text of [
        logged(one),
        logged({ one }),
        logged(one.notes),
        logged(one.stats()),
        logged(one.config),
        logged(one.options),
      ]) {
        expect(text).not.toContain(secret)
      }
      expect(JSON.parse(JSON.stringify(one))).toMatchObject({ stats: { open: 0 }, config: { maxConnections: 5 } })
    }
    expect(logged(thrownBy(() => pool.reconfigure({ maxConnections: 0 })))).not.toContain(secret)
    await Promise.all([pool.destroy(), shared.destroy()])
  })

  it('readSettings says which options there are, and not what they hold', () => {
    const natives = [
      proxy,
      [proxy],
      { ...tlsSecrets, auth: `user:${secret}`, uri: proxy, proxy, token: secret, headers: { authorization: secret } },
      { agent: proxy },
      { httpAgent: proxy, httpsAgent: { ...tlsSecrets } },
      { agent: { http: proxy, https: { options: tlsSecrets } } },
      { http: secret, https: { ...tlsSecrets, timeout: secret, maxSockets: secret, freeSocketTimeout: secret } },
      { dispatcher: proxy, connect: { ...tlsSecrets, timeout: secret } },
      { connections: secret, clientTtl: secret, keepAliveTimeout: secret },
      { defaults: { httpsAgent: { options: tlsSecrets }, auth: secret }, interceptors: {} },
      {
        agent: () => {
          throw new Error('no agent')
        },
      },
    ]
    for (const given of natives) expect(logged(thrownBy(() => module.readSettings(given)))).not.toContain(secret)
  })

  it('native options that are refused are named, not shown', () => {
    const refused = [
      { maxSockets: secret, proxyEnv: proxy, createConnection: secret },
      { connections: secret, uri: proxy, factory: secret, connect: { timeout: secret } },
    ]
    for (const options of refused)
      expect(logged(thrownBy(() => module.createPool({}, { ...native, ...options })))).not.toContain(secret)
  })
})

describe('a config', () => {
  it.each<[string, object]>([
    ['native options among its fields', { ...tlsSecrets, token: secret, proxyEnv: proxy, agent: proxy }],
    ['an URL with a password for a host', { hosts: { [`https://user:${secret}@api.test`]: { keepAlive: true } } }],
    [
      'an URL with a password for a value',
      { maxConnections: proxy.replace(/\?.*/, ''), scheduling: `http://user:pa/${secret}#@proxy.test` },
    ],
    ['native options for a host', { hosts: { 'api.test': { ...tlsSecrets } } }],
  ])('%s are refused and not repeated', async (_, config) => {
    const folder = project({
      'a.json': JSON.stringify({ pools: { default: config }, ...tlsSecrets }),
      'b.yaml': JSON.stringify({ pools: { default: config } }),
    })
    const errors = [
      thrownBy(() => parsePoolConfig(config)),
      await failureOf(readPools({ cwd: folder, file: 'a.json', env: false })),
      await failureOf(readPools({ cwd: folder, file: 'b.yaml', env: false })),
    ]
    for (const error of errors) {
      // The messages, and what they are made of. A value that a field refuses is the user's own to see.
      const { message, issues } = error as {
        message: string
        issues: readonly { path: string; message: string; value: unknown }[]
      }
      expect(message).not.toContain(secret)
      for (const issue of issues)
        expect(logged({ ...issue, value: /\b(?:maxConnections|scheduling)$/.test(issue.path) ? '' : issue.value })).not.toContain(
          secret,
        )
    }
    for (const args of [
      ['check', 'a.json'],
      ['check', 'b.yaml'],
    ])
      expect((await cli(folder, args)).text).not.toContain(secret)
  })

  it('a variable that nobody knows is named without its value', async () => {
    const env = { POLYPOOL_PASSWORD: secret, POLYPOOL_PROXY: proxy, POLYPOOL_X__KEY: secret }
    const error = await failureOf(readPools({ cwd: project(), env }))
    expect(logged(error)).not.toContain(secret)
  })
})

async function cli(
  cwd: string,
  args: readonly string[],
  env: { [name: string]: string } = {},
): Promise<{ code: number; text: string }> {
  let text = ''
  const write = (part: string) => {
    text += part
  }
  const code = await run(args, {
    stdout: write,
    stderr: write,
    stdin: async () => '',
    isTTY: false,
    isErrTTY: false,
    columns: 100,
    env,
    cwd,
  })
  return { code, text }
}

/** A source with a secret in every place where people put one. What is no secret must stay, or the code would be of no use. */
const source = `import https from 'node:https'
import fs from 'node:fs'
import axios from 'axios'
import got from 'got'
import { Agent, Pool, ProxyAgent } from 'undici'
const harmless = '${secret}1'
const agent = new https.Agent({
  key: '-----BEGIN PRIVATE KEY-----\\n${secret}2', cert: fs.readFileSync('client.pem'), passphrase: harmless, ca: api.ca, maxSockets: limit,
})
const credentials = { username: '${secret}3', password: '${secret}4' }
export const api = axios.create({
  baseURL: 'https://${secret}5:${secret}6@api.test/v1?access_token=${secret}7', timeout: 5000, httpsAgent: agent, auth: credentials,
  headers: { Authorization: \`Bearer ${secret}8\${x}\`, 'x-api-key': '${secret}9', accept: 'application/json' },
  proxy: { host: 'proxy.test', auth: { username: 'user', password: '${secret}10' } },
})
api.defaults.headers.common.Authorization = 'Bearer ${secret}11'
new Agent({ connections: 5, connect: { key: Buffer.from('${secret}12'), pfx: [{ buf: fs.readFileSync('x.pfx'), passphrase: '${secret}13' }] } })
new ProxyAgent({ uri: 'http://${secret}14:pa/${secret}15#@proxy.test:8080', token: 'Basic ${secret}16' })
new Pool('https://${secret}17:x@api.test', { connections: 3, passphrase: decrypt("${secret}18") })
got.extend({ username: 'u', password: '${secret}19', headers: { cookie: '${secret}20' }, https: { key: '${secret}21', passphrase: harmless } })
fetch('https://x.test', { dispatcher: new Agent({ connections: of({ token: '${secret}22' }), ...{ connect: { passphrase: '${secret}23' } } }) })
const spread = { ...more, key: '${secret}24' }
new https.Agent({ ...spread, maxSockets: 4 })
new https.Agent({ key: other ?? '${secret}25', passphrase: process.env['KEY_PASSPHRASE'], maxSockets: of({ password: "${secret}26" }) })
const token = '${secret}27'
axios.create({ headers: { 'X-Auth-Token': token, Authorization: 'Bearer ' + token }, httpAgent: new Agent({ auth: token }) })
`

describe('the command line', () => {
  it.each(['undici', 'axios', 'got', 'node-http'])('migrates to %s without repeating a secret', async (to) => {
    const folder = project({ 'a.mjs': source })
    for (const from of [[], ['--from', to]]) {
      for (const json of [[], ['--json']]) {
        const { text } = await cli(folder, ['migrate', '--to', to, ...from, ...json, 'a.mjs'], { NODE_DEBUG: 'polypool' })
        expect(text).toContain('a.mjs')
        expect(text).not.toContain(secret)
        expect(text).not.toContain('BEGIN')
      }
    }
  })

  it('keeps what is no secret, and says where one was', async () => {
    const folder = project({ 'a.mjs': source })
    const { text } = await cli(folder, ['migrate', '--from', 'axios', '--to', 'axios', 'a.mjs'])
    expect(text).toContain("{ key: '<redacted>', cert: fs.readFileSync('client.pem'), passphrase: '<redacted>', ca: api.ca }")
    expect(text).toContain("accept: 'application/json'")
    expect(text).toContain('timeout: 5000')
    expect(text).toContain("baseURL: 'https://<redacted>@api.test/v1?access_token=<redacted>'")
    const node = await cli(folder, ['migrate', '--from', 'node-http', '--to', 'node-http', 'a.mjs'])
    expect(node.text).toContain("passphrase: process.env['KEY_PASSPHRASE']")
  })

  it('writes none into a config file', async () => {
    for (const end of ['yaml', 'json', 'jsonc', 'toml', 'ts']) {
      const folder = project({ 'a.mjs': source })
      await cli(folder, ['migrate', '--to', 'undici', '--write-config', `pools.${end}`, 'a.mjs'])
      expect(fs.readFileSync(path.join(folder, `pools.${end}`), 'utf8')).not.toContain(secret)
    }
  })

  it('migrates settings in JSON the same way', async () => {
    const settings = [
      {
        httpsAgent: { ...tlsSecrets, maxSockets: 5 },
        baseURL: proxy,
        headers: { Authorization: `Bearer ${secret}` },
        proxy: { auth: { password: secret } },
      },
      { maxSockets: 5, ...tlsSecrets, pfx: [{ buf: secret, passphrase: secret }] },
      { connections: 5, connect: tlsSecrets, token: secret },
    ]
    const folder = project({ 'a.json': JSON.stringify(settings) })
    for (const to of ['axios', 'undici', 'node-http', 'got']) {
      for (const from of ['axios', 'undici', 'node-http']) {
        for (const json of [[], ['--json']]) {
          const { text } = await cli(folder, ['migrate', '--from', from, '--to', to, ...json, 'a.json'])
          expect(text).not.toContain(secret)
        }
      }
    }
  })

  it('audits without repeating one', async () => {
    const folder = project({ 'a.mjs': source })
    for (const json of [[], ['--json']]) {
      const { text } = await cli(folder, ['audit', ...json, 'a.mjs'])
      expect(text).toContain('a.mjs')
      expect(text).not.toContain(secret)
    }
  })
})
